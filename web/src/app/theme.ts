// The palette of the product as Ant Design tokens; tokens.css holds the same
// colours as CSS variables for what we draw ourselves.
import { theme as antd, type ThemeConfig } from 'antd';

export interface Palette {
  paper: string;
  card: string;
  ink: string;
  muted: string;
  line: string;
  primary: string;
  onPrimary: string;
  link: string;
  rise: string;
  fall: string;
  star: string;
}

export const light: Palette = {
  paper: '#f6f5f1',
  card: '#ffffff',
  ink: '#16213a',
  muted: '#5c6375',
  line: '#e4e1d8',
  primary: '#16213a',
  onPrimary: '#ffffff',
  link: '#3d57c0',
  rise: '#0b6b5d',
  fall: '#ad3f19',
  star: '#c79a3b',
};

export const dark: Palette = {
  paper: '#0f1626',
  card: '#161f33',
  ink: '#e8eaf0',
  muted: '#a8b0c2',
  line: '#2b3650',
  primary: '#dfe4f0',
  onPrimary: '#111c33',
  link: '#9db0f5',
  rise: '#4cc2ad',
  fall: '#f2936d',
  star: '#e2b556',
};

/** The faces of each language; :lang() in base.css has the same. */
const faces =
  '"Segoe UI", "Noto Sans TC", "Noto Sans CJK TC", -apple-system, "PingFang TC", "Microsoft JhengHei", system-ui, sans-serif';

/** Latin faces first: quotation marks of the Chinese ones are full-width. */
const latinFaces =
  '-apple-system, "Segoe UI", Inter, Roboto, "Noto Sans", "Helvetica Neue", Arial, "Liberation Sans", "Noto Latin", "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", "Microsoft JhengHei", system-ui, sans-serif';

const onMark = { colorPrimary: '#4b63c4', colorPrimaryHover: '#5a74d6', colorPrimaryBorder: '#4b63c4', colorTextLightSolid: '#ffffff' };

export function themeOf(isDark: boolean, lang: string): ThemeConfig {
  const p = isDark ? dark : light;
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      fontFamily: facesOf(lang),
      fontSize: 13,
      borderRadius: 8,
      colorPrimary: p.primary,
      colorTextLightSolid: p.onPrimary,
      colorInfo: p.link,
      colorLink: p.link,
      colorSuccess: p.rise,
      colorError: p.fall,
      colorWarning: p.star,
      colorText: p.ink,
      colorTextSecondary: p.muted,
      colorTextTertiary: p.muted,
      colorTextDescription: p.muted,
      colorTextPlaceholder: p.muted,
      colorBgLayout: p.paper,
      colorBgBase: p.card,
      colorBgContainer: p.card,
      colorBgElevated: p.card,
      colorBorder: isDark ? '#46536f' : '#cfcbbf',
      colorBorderSecondary: p.line,
      colorSplit: p.line,
      controlItemBgHover: isDark ? '#1d2740' : '#f6f5f1',
      controlItemBgActive: isDark ? '#222d47' : '#eef0f6',
      controlItemBgActiveHover: isDark ? '#2a3757' : '#e4e8f2',
      wireframe: false,
      motionDurationMid: '0.15s',
      motionDurationSlow: '0.2s',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', primaryColor: p.onPrimary, colorPrimary: p.primary, colorPrimaryHover: isDark ? '#ffffff' : '#2b3a5e', colorPrimaryActive: p.primary },
      // A white knob, dot or tick has to stand on something darker than the dark theme's primary.
      ...(isDark ? { Switch: onMark, Checkbox: onMark, Radio: onMark } : {}),
      Table: { headerBg: 'transparent', headerColor: p.muted, cellPaddingBlock: 9, cellPaddingInline: 10 },
      Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      Tooltip: { colorBgSpotlight: '#16213a', colorTextLightSolid: '#ffffff' },
      Segmented: { itemSelectedBg: p.primary, itemSelectedColor: p.onPrimary, trackBg: isDark ? '#0f1626' : '#eeece5' },
      Tag: { defaultBg: isDark ? '#222d47' : '#eef0f6', defaultColor: isDark ? '#c5cee3' : '#44506c' },
    },
  };
}

function facesOf(lang: string): string {
  if (lang === 'zh-Hans') return faces.replaceAll(' TC"', ' SC"').replace('JhengHei', 'YaHei');
  return lang === 'en' ? latinFaces : faces;
}

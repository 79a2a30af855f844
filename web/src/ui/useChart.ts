// The one way a chart is drawn: ECharts in SVG, under one theme by day and one by
// night, as wide as its box is and no longer there than it. What a chart is made of
// (its series, its parts of ECharts) it registers itself.
import { init, registerTheme, type ECharts } from 'echarts/core';
import { useEffect, useEffectEvent, useRef, type DependencyList, type RefObject } from 'react';
import { useDark } from '../app/preferences';
import { dark as night, light as day, type Palette } from '../app/theme';

const themes = { day, night };

for (const [name, palette] of Object.entries(themes)) {
  const axis = {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.muted, fontSize: 11 },
    splitLine: { lineStyle: { color: palette.line } },
  };
  registerTheme(name, {
    textStyle: { color: palette.muted },
    tooltip: { confine: true, backgroundColor: palette.card, borderColor: palette.line, textStyle: { color: palette.ink, fontSize: 12 } },
    categoryAxis: axis,
    valueAxis: axis,
  });
}

/** What a chart is drawn with. */
export interface Look {
  palette: Palette;
  isDark: boolean;
  face: string; // of the letters around it
  element: HTMLElement;
}

/** What a press does: on something drawn, or anywhere in the box. */
export interface Presses {
  on?: (item: unknown) => void;
  at?: (chart: ECharts, x: number, y: number) => void;
}

/**
 * The box of a chart. option gives what is drawn; it is asked again when the theme is
 * another or something of what it hangs on.
 */
export function useChart(option: (look: Look) => object, hangsOn: DependencyList, presses: Presses = {}): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const isDark = useDark();
  const optionNow = useEffectEvent(option);
  const pressOn = useEffectEvent((item: unknown) => presses.on?.(item));
  const pressAt = useEffectEvent((chart: ECharts, x: number, y: number) => presses.at?.(chart, x, y));

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const face = getComputedStyle(element).fontFamily;
    const chart = init(element, isDark ? 'night' : 'day', { renderer: 'svg' });
    chart.setOption({ animation: false, textStyle: { fontFamily: face }, ...optionNow({ palette: isDark ? night : day, isDark, face, element }) });
    chart.on('click', (item) => pressOn(item));
    chart.getZr().on('click', ({ offsetX, offsetY }) => pressAt(chart, offsetX, offsetY));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller says what its option hangs on
  }, [isDark, ...hangsOn]);

  return box;
}

/** Text as ECharts takes it in the HTML of a tooltip. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

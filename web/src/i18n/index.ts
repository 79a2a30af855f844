// Three languages, each one chunk that is fetched when it is first spoken.
// A file per feature and language: <language>/<feature>.json, and the feature
// is the namespace: useTranslation('ledger').
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { speak } from '../api/client';
import type { Locale as AntdLocale } from 'antd/es/locale';
import type { Locale } from '../api/types';
import { closed } from '../format/closed';

export const locales: readonly Locale[] = ['zh-Hant', 'zh-Hans', 'en'];
export const defaultLocale: Locale = 'zh-Hant';

export interface Language {
  texts: Record<string, object>;
  antd: AntdLocale;
}

const languages: Record<Locale, () => Promise<{ default: Language }>> = {
  'zh-Hant': () => import('./zh-Hant'),
  'zh-Hans': () => import('./zh-Hans'),
  en: () => import('./en'),
};

const loaded = new Map<string, Language>();

export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale);
}

/** The texts of Ant Design's own parts in a language that is loaded. */
export function antdLocale(locale: string): AntdLocale | undefined {
  return loaded.get(locale)?.antd;
}

async function load(locale: Locale): Promise<void> {
  if (loaded.has(locale)) return;
  const { default: language } = await languages[locale]();
  loaded.set(locale, language);
  for (const [feature, texts] of Object.entries(language.texts)) i18next.addResourceBundle(locale, feature, texts);
}

export async function startI18n(locale: Locale): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(closed).use(initReactI18next).init({
      postProcess: closed.name,
      lng: locale,
      fallbackLng: false,
      resources: {},
      interpolation: { escapeValue: false }, // React escapes
      returnNull: false,
      showSupportNotice: false,
      react: { useSuspense: false },
    });
  }
  await changeLocale(locale);
}

export async function changeLocale(locale: Locale): Promise<void> {
  await load(locale);
  speak(locale);
  document.documentElement.lang = locale;
  await i18next.changeLanguage(locale);
}

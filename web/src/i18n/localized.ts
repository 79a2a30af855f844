// Names that people gave, in the languages they gave them in.
import type { Locale, LocalizedText } from '../api/types';

const nearest: Record<Locale, Locale[]> = {
  'zh-Hant': ['zh-Hant', 'zh-Hans', 'en'],
  'zh-Hans': ['zh-Hans', 'zh-Hant', 'en'],
  en: ['en', 'zh-Hant', 'zh-Hans'],
};

/** pick gives the text for a reader and the language it is in, null when the text does not say. */
export function pick(text: LocalizedText | undefined | null, locale: Locale): { text: string; lang: Locale | null } {
  if (text === undefined || text === null) return { text: '', lang: null };
  if (typeof text === 'string') return { text, lang: null };
  for (const lang of nearest[locale]) {
    const found = text[lang];
    if (found !== undefined && found !== '') return { text: found, lang };
  }
  return { text: '', lang: null };
}

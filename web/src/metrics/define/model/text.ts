// Texts in the languages that people wrote them in, edited one language at a time.
import type { Locale, LocalizedText } from '../../../api/types';
import { localeOptions } from '../../../i18n/localeOptions';

/** What is written in a language; a text that does not say its language is the reader's own. */
export function writtenIn(text: LocalizedText | undefined, locale: Locale, reader: Locale): string {
  if (typeof text === 'string') return locale === reader ? text : '';
  return text?.[locale] ?? '';
}

/** The text after a language of it was rewritten; undefined when nothing is left. Others stay as they are. */
export function rewrittenIn(text: LocalizedText | undefined, locale: Locale, reader: Locale, to: string): LocalizedText | undefined {
  if (typeof text === 'string' && locale === reader) return to === '' ? undefined : to;
  const next: Partial<Record<string, string>> = typeof text === 'string' ? { [reader]: text } : { ...text };
  if (to === '') delete next[locale];
  else next[locale] = to;
  return Object.keys(next).length === 0 ? undefined : (next as LocalizedText);
}

/** The languages that a reader's own field does not show. */
export function otherLanguages(reader: Locale): { value: Locale; label: string }[] {
  return localeOptions.filter(({ value }) => value !== reader);
}

// Writing a name in one language without losing the others.
import type { Locale, LocalizedText } from '../../api/types';

/** The text after a reader of one language has rewritten it; undefined when nothing is left. */
export function renamed(text: LocalizedText | undefined, locale: Locale, to: string): LocalizedText | undefined {
  const written = to.trim();
  if (text === undefined || typeof text === 'string') return written === '' ? undefined : written;
  const next = { ...text };
  if (written === '') delete next[locale];
  else next[locale] = written;
  return Object.keys(next).length === 0 ? undefined : next;
}

import { useLocale } from '../format/useFormat';
import type { LocalizedText } from '../api/types';
import { pick } from '../i18n/localized';

/** A name that people gave, with the language it is in; the fallback (an id) where there is none. */
export function Localized({ text, fallback = '' }: { text: LocalizedText | undefined | null; fallback?: string }) {
  const picked = pick(text, useLocale());
  return <span lang={picked.lang ?? undefined}>{picked.text || fallback}</span>;
}

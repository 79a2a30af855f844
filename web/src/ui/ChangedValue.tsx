// What a field was or became, as a reader says it: "first entry", not "first".
import { useTranslation } from 'react-i18next';
import type { Change, Locale, LocalizedText } from '../api/types';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { fieldName } from './fields';
import styles from './DiffView.module.css';

/** Fields whose values are words of the format, under value.<field> of the ledger's texts. */
const worded: Record<string, string[]> = {
  subject: ['person', 'account'],
  window: ['none'],
  order: ['ordered', 'strict', 'any'],
  entry: ['latest', 'first'],
  excluded: ['remove', 'keep'],
  pass: ['any', 'all', 'sequence'],
  period: ['hour', 'day', 'week', 'month'],
  weekStart: ['monday', 'sunday'],
  mode: ['calendar', 'rolling24h'],
  firstEver: ['true', 'false', 'name'],
  good: ['up', 'down', 'neither'],
  grain: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
};

const longest = 120; // characters that still read as part of a sentence

/** One side of a change: each text of a list by itself, everything else as one. */
export function ChangedValue({ change, side }: { change: Change; side: 'from' | 'to' }) {
  const words = useWords();
  const value = change[side];
  const field = (change.path.split('.').at(-1) ?? '').replace(/\[\d+\]$/, '');
  const texts = Array.isArray(value) && value.length > 0 ? value.map((each) => words(each, field)) : [words(value, field)];
  return texts.map((text, i) => (
    <span key={i} className={i > 0 ? `${styles.value} ${styles.more}` : styles.value} title={text.length > longest ? text : undefined}>
      {text.length > longest ? `${text.slice(0, longest - 1)}…` : text}
    </span>
  ));
}

/** useWords says a value of a field of a definition as a reader would. */
export function useWords(): (value: unknown, field: string) => string {
  const { t } = useTranslation('ledger');
  const locale = useLocale();
  return (value, field) => inWords(value, field, locale, t);
}

/** Words of the format are translated, parts go by their name, and other records say each of their fields. */
function inWords(value: unknown, field: string, locale: Locale, t: (key: string) => string): string {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return t('diff.nothing');
  if (worded[field]?.includes(String(value))) return t(`value.${field}.${String(value)}`);
  if (typeof value === 'boolean') return t(value ? 'diff.yes' : 'diff.no');
  if (Array.isArray(value)) return value.map((each) => inWords(each, field, locale, t)).join(' / ');
  if (typeof value !== 'object') return String(value);
  return (
    nameOf(value, locale) ??
    Object.entries(value)
      .map(([key, inner]) => `${fieldName(key, t)} ${inWords(inner, key, locale, t)}`)
      .join(' · ')
  );
}

/** What people call a part, or its id; a text in several languages is its own name. */
function nameOf(value: object, locale: Locale): string | undefined {
  const { name, id } = value as { name?: LocalizedText; id?: unknown };
  return pick(name, locale).text || pick(value as LocalizedText, locale).text || (typeof id === 'string' ? id : undefined);
}

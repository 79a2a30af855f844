// What a field was or became, as a reader says it: "first entry", not "first".
import { useTranslation } from 'react-i18next';
import type { Change, Locale, LocalizedText } from '../api/types';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import styles from './DiffView.module.css';

/** Fields whose values are words of the format, under value.<field> of the ledger's texts. */
const worded: Record<string, string[]> = {
  subject: ['person', 'account'],
  window: ['none'],
  order: ['ordered', 'strict', 'any'],
  entry: ['latest', 'first'],
  excluded: ['remove', 'keep'],
  pass: ['any', 'all', 'sequence'],
  firstEver: ['true', 'false', 'name'],
};

const longest = 120; // characters that still read as part of a sentence

/** One side of a change: a word, a name, a list of names, or failing that the value as it is written. */
export function ChangedValue({ change, side }: { change: Change; side: 'from' | 'to' }) {
  const { t } = useTranslation('ledger');
  const locale = useLocale();
  const value = change[side];
  const field = change.path.split('.').at(-1) ?? '';
  if (value === undefined || value === null) return <span className={styles.value}>{t('diff.nothing')}</span>;
  if (worded[field]?.includes(String(value))) return <span className={styles.value}>{t(`value.${field}.${String(value)}`)}</span>;
  if (typeof value === 'boolean') return <span className={styles.value}>{t(value ? 'diff.yes' : 'diff.no')}</span>;
  const names = (Array.isArray(value) ? value : [value]).map((each) => nameOf(each, locale));
  if (names.length > 0 && names.every((name) => name !== undefined)) {
    return names.map((name, i) => (
      <span key={i} className={i > 0 ? `${styles.value} ${styles.more}` : styles.value} title={shortened(name) === name ? undefined : name}>
        {shortened(name)}
      </span>
    ));
  }
  const written = JSON.stringify(value);
  return (
    <span className={styles.value} title={shortened(written) === written ? undefined : written}>
      {shortened(written)}
    </span>
  );
}

/** A text is its own name; a part has a name or an id, people's or the reader's own. */
function nameOf(value: unknown, locale: Locale): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, id } = value as { name?: LocalizedText; id?: unknown };
  return pick(name, locale).text || pick(value as LocalizedText, locale).text || (typeof id === 'string' ? id : undefined);
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 3)}…` : text;
}

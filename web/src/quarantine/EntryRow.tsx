import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { QuarantineEntry } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Detail } from './Detail';
import styles from './Quarantine.module.css';

interface EntryRowProps {
  entry: QuarantineEntry;
  onLook: () => void;
  onSource: (source: string) => void;
}

export function EntryRow({ entry, onLook, onSource }: EntryRowProps) {
  const { t } = useTranslation('quarantine');
  const format = useFormat();
  const name = nameOf(entry.raw);
  return (
    <li className={styles.entry}>
      <div className={styles.entryHead}>
        <Tag>{entry.type || t('noType')}</Tag>
        <button type="button" className={name === null ? `${styles.look} ${styles.why}` : styles.look} onClick={onLook}>
          {name ?? entry.title}
        </button>
        <span className={styles.when}>{format.dateTime(entry.receivedAt)}</span>
      </div>
      {name !== null && <p className={styles.why}>{entry.title}</p>}
      <Detail detail={entry.detail} />
      <p className={styles.small}>
        {t('source')}{' '}
        <button type="button" className={styles.source} onClick={() => onSource(entry.source)}>
          {entry.source}
        </button>
        {entry.resolvedBy && <> · {t(`resolved.${entry.status}`, { who: entry.resolvedBy, at: format.dateTime(entry.resolvedAt) })}</>}
      </p>
    </li>
  );
}

/** The event's own name, when what came holds one. */
export function nameOf(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { event, name } = raw as { event?: unknown; name?: unknown };
  if (typeof event === 'string' && event !== '') return event;
  return typeof name === 'string' && name !== '' ? name : null;
}

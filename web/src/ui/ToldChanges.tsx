import { useTranslation } from 'react-i18next';
import styles from './ToldChanges.module.css';

export interface ToldChange {
  told: string;
  /** The other side changed the same, or has no place for it any more. */
  mark?: 'both' | 'lost' | undefined;
}

/** What was done, one after the other, in words. */
export function ToldChanges({ changes }: { changes: ToldChange[] }) {
  const { t } = useTranslation('shell');
  return (
    <ul className={styles.changes}>
      {changes.map(({ told, mark }, at) => (
        <li key={at} data-marked={mark !== undefined}>
          <span>{told}</span>
          {mark && <em>{t(`overtaken.is.${mark}`)}</em>}
        </li>
      ))}
    </ul>
  );
}

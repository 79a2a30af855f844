import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import styles from './StatusBadge.module.css';

/** Approved, proposed or deleted: what a revision is. */
export function StatusBadge({ status, deleted = false }: { status: Revision['status']; deleted?: boolean }) {
  const { t } = useTranslation('shell');
  const state = deleted ? 'deleted' : status;
  return (
    <span className={styles[state]}>
      {state === 'approved' && <span aria-hidden="true">✓ </span>}
      {t(`status.${state}`)}
    </span>
  );
}

import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { useFormat } from '../format/useFormat';
import { StatusBadge } from '../ui/StatusBadge';
import styles from './Ledger.module.css';

interface HistoryProps {
  revisions: Revision[]; // newest first
  shown: number;
  onShow: (version: number) => void;
  onRestore?: (revision: Revision) => void;
}

/** Who changed it, when and why; newest first. */
export function History({ revisions, shown, onShow, onRestore }: HistoryProps) {
  const { t } = useTranslation('ledger');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  return (
    <ol className={styles.history}>
      {revisions.map((revision) => (
        <li
          key={revision.version}
          className={styles.revision}
          data-status={revision.status}
          aria-current={revision.version === shown ? 'true' : undefined}
        >
          <div className={styles.revisionHead}>
            <button type="button" className={styles.pick} onClick={() => onShow(revision.version)}>
              {shell('version', { version: revision.version })}
            </button>
            {(revision.current || revision.deleted) && <StatusBadge status={revision.status} deleted={revision.deleted} />}
            {onRestore && !revision.current && !revision.deleted && (
              <Button size="small" type="link" onClick={() => onRestore(revision)}>
                {t('restore.open')}
                <span className="visually-hidden"> {shell('version', { version: revision.version })}</span>
              </Button>
            )}
          </div>
          <p>{revision.reason}</p>
          <p className={styles.small}>
            {revision.author} · {format.dateTime(revision.at)}
            {revision.restoredFrom !== undefined && <> · {t('history.restoredFrom', { version: revision.restoredFrom })}</>}
          </p>
          {revision.approvals?.map((approval, index) => (
            <p key={`${approval.at} ${approval.by}`} className={styles.approval}>
              {t(index === 0 ? 'history.approved' : 'history.approvedAgain', { approver: approval.by, at: format.date(approval.at) })}
              {approval.reason !== revision.reason && t('history.because', { reason: approval.reason })}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}

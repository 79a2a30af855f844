// Whether a number is what was agreed on: approved, waiting for it, or changed since.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import styles from './NodeDrawer.module.css';

export function Trust({ trust }: { trust: TreeNode['trust'] }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  return (
    <>
      <p className={styles.words} data-trust={trust.state}>
        {trust.approvedAt
          ? t(`trust.told.${trust.state}`, { version: trust.version, by: trust.approvedBy, at: format.date(trust.approvedAt) })
          : t(trust.state === 'unknown' ? 'trust.told.unknown' : 'trust.told.proposed', { version: trust.version })}
      </p>
      <ul className={styles.changed}>
        {trust.changed.map(({ kind, id, version, by, at, reason }) => (
          <li key={`${kind}/${id}`}>
            <Link to="/ledger/$kind/$id" params={{ kind, id }} search={{}}>
              {t('trust.by', { id, version, by, at: format.date(at) })}
            </Link>
            <small>{reason}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

import { useTranslation } from 'react-i18next';
import type { TreeVerdict } from '../api/tree';
import styles from './Vanity.module.css';

const marks: Record<TreeVerdict['standing'], string> = { vain: '✕', sound: '✓', unknown: '?' };

/** The judgement that stands, by a mark, a word and a colour; a signed one says so, with what was computed. */
export function VerdictBadge({ verdict }: { verdict: Pick<TreeVerdict, 'standing' | 'judgement' | 'override'> | null }) {
  const { t } = useTranslation('vanity');
  const standing = verdict?.standing ?? 'unknown';
  const isSigned = verdict?.override !== undefined;
  const title = isSigned ? t('badge.signed', { standing: t(`judgement.${standing}`), judgement: t(`judgement.${verdict.judgement}`), by: verdict.override?.by ?? '' }) : t(`means.${standing}`);
  return (
    <span className={styles.badge} data-judgement={standing} title={title}>
      <span aria-hidden="true">{marks[standing]} </span>
      {t(`judgement.${standing}`)}
      {isSigned && <small>{t('badge.mark')}</small>}
    </span>
  );
}

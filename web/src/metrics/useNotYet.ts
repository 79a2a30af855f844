import { useTranslation } from 'react-i18next';
import type { MetricPoint } from '../api/metric';

/** Why a metric has no number: none of its periods is over, or facts of the last that is over are gone. */
export function useNotYet(): (points: readonly MetricPoint[]) => string {
  const { t } = useTranslation('metrics');
  const { t: shell } = useTranslation('shell');
  return (points) => (points.findLast(({ partial }) => !partial)?.expired ? shell('kept.gone') : t('notYet'));
}

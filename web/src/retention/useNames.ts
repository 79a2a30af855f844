import { useTranslation } from 'react-i18next';
import type { Cohort, RetentionAnswer, RetentionPeriod } from '../api/types';
import { useFormat } from '../format/useFormat';

/** How a table speaks of its cohorts, its intervals and its customers. */
export function useNames(rule: Pick<RetentionAnswer['rule'], 'period' | 'mode' | 'subject'>) {
  const { t } = useTranslation('retention');
  const format = useFormat();
  const unit: RetentionPeriod | 'window' = rule.mode === 'rolling24h' ? 'window' : rule.period;
  const subject = rule.subject === 'person' || rule.subject === 'account' ? rule.subject : 'key';
  return {
    /** When a cohort started. */
    cohort: ({ from }: Cohort): string => {
      const day = from.slice(0, 10);
      if (rule.period === 'hour') return format.dateTime(from);
      return rule.period === 'month' ? format.month(day) : format.date(day);
    },
    /** The head of a column: Week 3. */
    column: (interval: number): string => t(`column.${unit}`, { interval }),
    /** In words: 3 weeks later. */
    later: (interval: number): string => t(`later.${unit}`, { count: interval }),
    /** 36 people. */
    customers: (n: number): string => t(`customers.${subject}`, { count: n, shown: format.full(n) }),
  };
}

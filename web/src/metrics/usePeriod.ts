import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';

/** The name of a period by its first instant, which has the offset of the zone. */
export function usePeriod(grain: string): (from: string) => string {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  return (from) => {
    const day = from.slice(0, 10);
    const [year = '', month = ''] = day.split('-');
    switch (grain) {
      case 'hour':
        return format.dateTime(from);
      case 'week':
        return t('period.week', { day: format.date(day) });
      case 'month':
        return format.month(day);
      case 'quarter':
        return t('period.quarter', { year, quarter: Math.ceil(Number(month) / 3) });
      case 'year':
        return t('period.year', { year });
    }
    return format.date(day);
  };
}

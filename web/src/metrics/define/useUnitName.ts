import { useTranslation } from 'react-i18next';

/** A unit in words: TWD／筆訂單; a share says that it is one. */
export function useUnitName(): (unit: string) => string {
  const { t } = useTranslation('define');
  const { t: metrics } = useTranslation('metrics');
  const word = (part: string) => (part === 's' ? t('unit.seconds') : metrics(`unit.${part}`, { defaultValue: part }));
  return (unit) => (unit === '' || unit === '1' ? t('unit.share') : unit.split(/([/*])/).map((part) => (part === '/' ? t('unit.per') : part === '*' ? ' · ' : word(part))).join(''));
}

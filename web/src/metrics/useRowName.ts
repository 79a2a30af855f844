import { useTranslation } from 'react-i18next';
import type { Scalar } from '../api/types';

/** The value of a breakdown's row in words; null is no value. */
export function useRowName(): (value: Scalar | Scalar[]) => string {
  const { t } = useTranslation('metrics');
  const one = (value: Scalar) => (value === null ? t('row.none') : String(value));
  return (value) => (Array.isArray(value) ? value.map(one).join(' × ') : one(value));
}

// The values of a breakdown, in words: nothing at all is a value too.
import { useTranslation } from 'react-i18next';
import type { Scalar } from '../api/types';

export function useValueName(): (value: Scalar | Scalar[]) => string {
  const { t } = useTranslation('board');
  const one = (value: Scalar): string => (value === null ? t('value.none') : value === true ? t('value.true') : value === false ? t('value.false') : String(value));
  return (value) => (Array.isArray(value) ? value.map(one).join(' · ') : one(value));
}

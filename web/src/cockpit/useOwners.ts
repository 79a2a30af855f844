import { useTranslation } from 'react-i18next';

/** Who answers for something, in a line. */
export function useOwners(): (owners: string[]) => string {
  const { t } = useTranslation('cockpit');
  return (owners) => (owners.length > 0 ? owners.join(t('and')) : t('nobody'));
}

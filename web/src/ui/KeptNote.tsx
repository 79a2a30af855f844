import { useTranslation } from 'react-i18next';
import type { Facts } from '../api/types';
import { useFormat } from '../format/useFormat';

/** Says of an answer that it reaches back to before facts are kept; nothing of any other. */
export function KeptNote({ facts }: { facts: Pick<Facts, 'keptFrom'> }) {
  const { t } = useTranslation('shell');
  const format = useFormat();
  return facts.keptFrom ? <> {t('kept.since', { from: format.date(facts.keptFrom) })}</> : null;
}

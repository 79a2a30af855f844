// What changed in what people agreed on: who, when and why, with the difference.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { RevisionSummary } from '../api/types';
import { useFormat } from '../format/useFormat';
import { useNow } from '../format/useNow';
import { Localized } from '../ui/Localized';
import { Tile } from './Tile';
import styles from './Cockpit.module.css';

/** The kinds that numbers come from: a dashboard shows them and defines none. */
const kinds = ['Journey', 'Retention', 'Metric', 'Tree'];
const most = 4;

export function ChangesTile() {
  const { t } = useTranslation('cockpit');
  const { t: ledger } = useTranslation('ledger');
  const format = useFormat();
  const now = Date.parse(useNow());
  const { data, dataUpdatedAt, error, refetch } = useQuery({
    queryKey: ['definitions', 'newest', kinds, most],
    queryFn: ({ signal }) => api.get<{ items: RevisionSummary[] }>('/revisions', { kind: kinds, limit: most }, signal),
  });
  return (
    <Tile
      title={t('changes.title')}
      extra={
        <>
          {data && `${t('asOf', { when: format.dateTime(new Date(dataUpdatedAt).toISOString()) })} · `}
          <Link to="/ledger" search={{}}>
            {t('changes.all')} →
          </Link>
        </>
      }
      loading={!data}
      error={data ? null : error}
      retry={() => void refetch()}
      rows={4}
    >
      <ul className={styles.rows}>
        {data?.items.map((one) => (
          <li key={`${one.kind} ${one.id} ${one.version}`}>
            <div>
              <Link to="/ledger/$kind/$id" params={{ kind: one.kind, id: one.id }} search={one.version > 1 ? { from: String(one.version - 1), to: String(one.version) } : { to: '1' }}>
                <Localized text={one.name} fallback={one.id} />
              </Link>
              <small title={format.dateTime(one.at)}>{format.ago(one.at, now)}</small>
            </div>
            <small className={styles.oneLine} title={one.reason}>
              {ledger(`kind.${one.kind}`, { defaultValue: one.kind })} {one.deleted ? t('changes.deleted') : t('changes.version', { version: one.version })} · {one.author} · {one.reason}
            </small>
          </li>
        ))}
      </ul>
      {data?.items.length === 0 && <p className={styles.small}>{t('changes.none')}</p>}
    </Tile>
  );
}

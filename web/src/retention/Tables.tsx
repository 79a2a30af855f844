// The retention tables, beside the journeys: who comes back, table by table.
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { RetentionSummary } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import rows from '../journeys/JourneysPage.module.css';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { NewTable } from './NewTable';
import { useNames } from './useNames';
import styles from './Retention.module.css';

/** first: there is no journey yet, and the screen says what to do first, which is to draw one. */
export function Tables({ first }: { first: boolean }) {
  const { t } = useTranslation('retention');
  const mayEdit = useMay('editor');
  const [making, make] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['journeys', 'retention'],
    queryFn: ({ signal }) => api.get<{ items: RetentionSummary[] }>('/retentions', undefined, signal),
  });
  if (first && !error && !data?.items.length) return null;
  return (
    <section className={styles.tables}>
      <div className={styles.tablesHead}>
        <h2>{t('title')}</h2>
        <p>{t(data?.items.length === 0 ? 'empty' : 'lead')}</p>
        {mayEdit && data && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => make(true)}>
            {t('new.open')}
          </Button>
        )}
      </div>
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={2} />
      ) : (
        <ul className={rows.list}>
          {data.items.map((table) => (
            <TableRow key={table.id} table={table} />
          ))}
        </ul>
      )}
      {making && <NewTable taken={data?.items.map((table) => table.id) ?? []} onClose={() => make(false)} />}
    </section>
  );
}

function TableRow({ table }: { table: RetentionSummary }) {
  const { t } = useTranslation('retention');
  const { t: journeys } = useTranslation('journeys');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const names = useNames({ period: table.period, mode: 'calendar', subject: table.subject });
  const { headline } = table;
  const subject = table.subject === 'person' || table.subject === 'account' ? table.subject : 'key';
  return (
    <li className={rows.row}>
      <div className={rows.who}>
        <h3>
          <Link to="/journeys/retention/$id" params={{ id: table.id }} search={{}} className={rows.open}>
            <Localized text={table.name} fallback={table.id} />
          </Link>{' '}
          <StatusBadge status={table.status} />
        </h3>
        <p className={rows.small}>
          {journeys(`subject.${subject}`, { key: table.subject })} · {t('lasting', { span: names.later(table.intervals - 1) })}
        </p>
        <p className={rows.small}>
          {shell('version', { version: table.version })} · {table.author} · {format.date(table.at)}
        </p>
      </div>
      <dl className={headline ? `${rows.numbers} ${styles.headline}` : `${rows.numbers} ${styles.headline} ${rows.hatched}`}>
        <div>
          <dt>{t('backAfter', { later: names.later(1) })}</dt>
          <dd>
            <StatNumber value={headline?.rate.rate ?? null} show={(rate) => format.percent(rate)} />
          </dd>
          {headline && (
            <dd className={rows.small}>
              {format.interval(headline.rate)} · n = {format.full(headline.rate.n)}
            </dd>
          )}
        </div>
      </dl>
      <p className={rows.asOf}>{headline ? journeys('asOf', { at: format.dateTime(headline.asOf) }) : t('notYet')}</p>
    </li>
  );
}

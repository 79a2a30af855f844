import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { PropertySummary } from '../../api/types';
import { rowsOf, whereOf } from '../model/where';
import { useBoard } from '../useBoard';
import { WhereEditor } from './WhereEditor';
import styles from './FilterBar.module.css';

/** Traits people and accounts are known to have, with how often. */
export function useTraits(): PropertySummary[] {
  const ask = (of: 'person' | 'account') => ({
    queryKey: ['events', 'traits', of],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<{ items: PropertySummary[] }>('/traits', { of }, signal),
  });
  const person = useQuery(ask('person'));
  const account = useQuery(ask('account'));
  return [...(person.data?.items ?? []), ...(account.data?.items ?? [])];
}

/** Keeps only customers with certain traits. */
export function SegmentChoice({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('board');
  const { address, go } = useBoard();
  const traits = useTraits();
  const [rows, setRows] = useState(() => rowsOf(address.segment));
  const take = (segment: typeof address.segment) => {
    go({ segment });
    onDone();
  };
  return (
    <>
      <p className={styles.note}>{t('filter.segmentNote')}</p>
      <WhereEditor rows={rows} onChange={setRows} properties={traits} />
      <div className={styles.end}>
        <Button onClick={() => take(undefined)}>{t('filter.everyone')}</Button>
        <Button type="primary" onClick={() => take(whereOf(rows))}>
          {t('filter.apply')}
        </Button>
      </div>
    </>
  );
}

// The journey board: fetches a journey's current revision and shows it drawn.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Journey, Revision } from '../api/types';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState } from '../ui/States';
import { Drawn } from './Drawn';
import styles from './Board.module.css';

export default function BoardPage({ id }: { id: string }) {
  const { t } = useTranslation('board');
  const client = useQueryClient();
  const key = ['definitions', 'Journey', id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Revision<Journey>>(`/definitions${pathOf('Journey', id)}`, undefined, signal),
  });
  if (data) return <Drawn revision={data} onSaved={(next) => client.setQueryData(key, next)} />;
  return (
    <>
      <PageHeader title={id} />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} title={t('state.notRead')} /> : <BoardSkeleton />}</PageBody>
    </>
  );
}

/** The board before its numbers: the same columns, so that nothing jumps. */
function BoardSkeleton() {
  const { t } = useTranslation('board');
  return (
    <div className={styles.skeleton} role="status" aria-busy="true" aria-label={t('state.loading')}>
      {Array.from({ length: 6 }, (_, i) => (
        <Skeleton key={i} active title={{ width: '60%' }} paragraph={{ rows: 6 }} />
      ))}
    </div>
  );
}

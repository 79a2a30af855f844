import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { api, pathOf } from '../api/client';
import type { Metric } from '../api/metric';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { MetricPage } from './MetricPage';

const DefinePage = lazy(() => import('./define/DefinePage'));

/** The page of one metric, or (edit=1) its editor; neither is reused for another metric. */
export default function MetricRoute() {
  const { id } = useParams({ from: '/inside/metric/$id' });
  const client = useQueryClient();
  const key = ['definitions', 'Metric', id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Revision<Metric>>(`/definitions${pathOf('Metric', id)}`, undefined, signal),
  });
  const { edit } = useSearch({ from: '/inside/metric/$id' });
  const mayEdit = useMay('editor');
  const take = (next: Revision<Metric>) => client.setQueryData(key, next);
  const waiting = (
    <>
      <PageHeader title={id} />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} /> : <RowsSkeleton />}</PageBody>
    </>
  );
  if (!data) return waiting;
  if (edit !== '1' || !mayEdit || data.deleted) return <MetricPage key={id} revision={data} onSaved={take} />;
  return (
    <Suspense fallback={waiting}>
      <DefinePage key={id} revision={data} onSaved={take} />
    </Suspense>
  );
}

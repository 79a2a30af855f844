import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, pathOf } from '../api/client';
import type { Metric, Revision } from '../api/types';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { MetricPage } from './MetricPage';

/** The page of one metric; it is never reused for another. */
export default function MetricRoute() {
  const { id } = useParams({ from: '/inside/metric/$id' });
  const client = useQueryClient();
  const key = ['definitions', 'Metric', id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Revision<Metric>>(`/definitions${pathOf('Metric', id)}`, undefined, signal),
  });
  if (data) return <MetricPage key={id} revision={data} onSaved={(next) => client.setQueryData(key, next)} />;
  return (
    <>
      <PageHeader title={id} />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} /> : <RowsSkeleton />}</PageBody>
    </>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, pathOf } from '../api/client';
import type { Retention, Revision } from '../api/types';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { RetentionPage } from './RetentionPage';

/** The page of one table; it is never reused for another. */
export default function RetentionRoute() {
  const { id } = useParams({ from: '/inside/journeys/retention/$id' });
  const client = useQueryClient();
  const key = ['definitions', 'Retention', id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Revision<Retention>>(`/definitions${pathOf('Retention', id)}`, undefined, signal),
  });
  if (data) return <RetentionPage key={id} revision={data} onSaved={(next) => client.setQueryData(key, next)} />;
  return (
    <>
      <PageHeader title={id} />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} /> : <RowsSkeleton />}</PageBody>
    </>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import type { TreeDefinition } from './model/definition';
import { TreePage } from './TreePage';

/** The page of one tree; it is never reused for another. */
export default function TreeRoute() {
  const { id } = useParams({ from: '/inside/trees/$id' });
  const client = useQueryClient();
  const key = ['definitions', 'Tree', id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Revision<TreeDefinition>>(`/definitions${pathOf('Tree', id)}`, undefined, signal),
  });
  if (data) return <TreePage key={id} revision={data} onSaved={(next) => client.setQueryData(key, next)} />;
  return (
    <>
      <PageHeader title={id} />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} /> : <RowsSkeleton rows={8} />}</PageBody>
    </>
  );
}

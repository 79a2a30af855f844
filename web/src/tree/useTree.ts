import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { TreeAnswer, TreeQuestion, TreeSummary } from '../api/tree';

/** A stored tree or a draft, measured whole, once it may be; the answer before stays while the next is asked for. */
export function useTree(question: TreeQuestion, enabled = true) {
  return useQuery({
    queryKey: ['measure', 'tree', question],
    queryFn: ({ signal }) => api.post<TreeAnswer>('/measure/tree', question, { signal }),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** All trees, in a line each. */
export const treesQuery = {
  queryKey: ['trees'],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<{ items: TreeSummary[] }>('/trees', undefined, signal),
};

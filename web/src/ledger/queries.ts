import { queryOptions } from '@tanstack/react-query';
import { api, pathOf } from '../api/client';
import type { Difference, LocalizedText, Revision } from '../api/types';

/** What every definition has, whatever its kind. */
export interface Body {
  name?: LocalizedText;
  description?: LocalizedText;
}

/** The definitions of every kind that stand now, or those that were deleted. */
export const currentQuery = (deleted: boolean) =>
  queryOptions({
    queryKey: ['definitions', 'all', { deleted }],
    queryFn: ({ signal }) => api.get<{ items: Revision<Body>[] }>('/definitions/all', deleted ? { deleted } : undefined, signal),
  });

export const historyQuery = (kind: string, id: string) =>
  queryOptions({
    queryKey: ['definitions', kind, id, 'history'],
    queryFn: ({ signal }) => api.get<{ items: Revision<Body>[] }>(`/definitions${pathOf(kind, id)}/history`, undefined, signal),
  });

export const differenceQuery = (kind: string, id: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['definitions', kind, id, 'diff', from, to],
    queryFn: ({ signal }) => api.get<Difference>(`/definitions${pathOf(kind, id)}/diff`, { from, to }, signal),
    enabled: from > 0 && from !== to,
    staleTime: Number.POSITIVE_INFINITY, // two revisions never change
  });

import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { QuarantineEntry, QuarantinePage } from '../api/types';

export type Status = QuarantineEntry['status'];
export const statuses: Status[] = ['open', 'replayed', 'discarded'];

const pageSize = 50;

export const entriesQuery = (filter: { status: Status; reason?: string; source?: string }) =>
  infiniteQueryOptions({
    queryKey: ['quarantine', filter],
    queryFn: ({ pageParam, signal }) => api.get<QuarantinePage>('/quarantine', { ...filter, offset: pageParam, limit: pageSize }, signal),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.items.length, 0);
      return last.items.length > 0 && seen < last.total ? seen : undefined;
    },
  });

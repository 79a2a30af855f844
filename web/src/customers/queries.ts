import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, pathOf } from '../api/client';
import type { Customer, CustomerSummary, EventName, Revision, Journey, TimelinePage, Trace, TraceRequest } from '../api/types';
import type { Of } from './question';

export interface Who {
  id: string;
  of: Of;
  anonymous: boolean;
}

export const searchQuery = (of: Of, search: string) =>
  queryOptions({
    queryKey: ['customers', 'search', of, search],
    queryFn: ({ signal }) => api.get<{ items: CustomerSummary[] }>('/customers', { of, search, limit: 50 }, signal),
    placeholderData: (before) => before,
  });

export const customerQuery = ({ id, of, anonymous }: Who) =>
  queryOptions({
    queryKey: ['customers', of, id, anonymous],
    queryFn: ({ signal }) => api.get<Customer>(`/customers${pathOf(id)}`, { of, anonymous: anonymous || undefined, limit: 1 }, signal),
  });

const timelinePage = 300;

/**
 * The timeline is outside the areas that news makes stale: reading a hundred
 * thousand events anew each second would serve nobody. The page offers to
 * reload when there are more events than it began with.
 */
export const timelineQuery = ({ id, of, anonymous }: Who, event: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['timeline', of, id, anonymous, event ?? ''],
    queryFn: ({ pageParam, signal }) =>
      api.get<TimelinePage>(
        `/customers${pathOf(id)}/timeline`,
        { of, anonymous: anonymous || undefined, event, before: pageParam, limit: timelinePage },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const eventNamesQuery = queryOptions({
  queryKey: ['events', 'names'],
  queryFn: ({ signal }) => api.get<{ items: EventName[] }>('/events/names', undefined, signal),
});

export const traceQuery = (request: TraceRequest | null) =>
  queryOptions({
    queryKey: ['measure', 'trace', request],
    queryFn: () => api.post<Trace>('/measure/trace', request),
    enabled: request !== null,
  });

export const journeyQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['definitions', 'Journey', id ?? ''],
    queryFn: ({ signal }) => api.get<Revision<Journey>>(`/definitions/Journey${pathOf(id ?? '')}`, undefined, signal),
    enabled: id !== undefined,
  });

// The query client, and the names of what it keeps. The first word of a key is
// the area; news from the server makes whole areas stale.
import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, ApiError } from '../api/client';
import type { Session } from '../api/types';

export type Area =
  | 'session'
  | 'journeys'
  | 'definitions'
  | 'metrics'
  | 'measure'
  | 'customers'
  | 'events'
  | 'quarantine'
  | 'workspace'
  | 'members'
  | 'keys'
  | 'audit';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isPassing(error),
      },
    },
  });
}

/** isPassing: a fault that may be gone a moment later; asking again for a 404 is of no use. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.problem.kind === 'unavailable');
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get<Session>('/session', undefined, signal),
  staleTime: 5 * 60_000,
});

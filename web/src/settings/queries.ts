import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { AuditEntry, KeptFacts, Key, Member, Workspace } from '../api/types';

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => api.get<Workspace>('/workspace', undefined, signal),
});

/** How long facts are kept, and what keeping them for so long would delete; "" asks for the former alone. */
export const keptQuery = (keep: string) =>
  queryOptions({
    queryKey: ['kept', keep],
    queryFn: ({ signal }) => api.get<KeptFacts>('/facts/kept', { keep: keep || undefined }, signal),
  });

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => api.get<{ items: Member[] }>('/members', undefined, signal),
});

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => api.get<{ items: Key[] }>('/keys', undefined, signal),
});

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) =>
    api.get<{ items: AuditEntry[]; next?: string | null }>('/audit', { before: pageParam, limit: 100 }, signal),
  initialPageParam: '',
  getNextPageParam: (last) => last.next || undefined,
});

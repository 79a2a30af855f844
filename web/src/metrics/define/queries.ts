// What one may choose from while defining a metric.
import { useQuery } from '@tanstack/react-query';
import { api, pathOf } from '../../api/client';
import type { Journey, LocalizedText, Retention, Revision } from '../../api/types';
import type { Named } from './model/formula';

/** Every metric by id, name and unit; nothing is measured for it. */
export function useNamedMetrics(): readonly Named[] {
  const { data } = useQuery({
    queryKey: ['definitions', 'catalogue', 'Metric'],
    queryFn: ({ signal }) => api.get<{ items: Named[] }>('/catalogue', { kind: 'Metric' }, signal),
  });
  return data?.items ?? nothing;
}

const nothing: readonly Named[] = [];

export function useJourneys(): Revision<Journey>[] | undefined {
  return useQuery({
    queryKey: ['definitions', 'Journey'],
    queryFn: ({ signal }) => api.get<{ items: Revision<Journey>[] }>('/definitions/Journey', undefined, signal),
  }).data?.items;
}

export function useTables(): Revision<Retention>[] | undefined {
  return useQuery({
    queryKey: ['definitions', 'Retention'],
    queryFn: ({ signal }) => api.get<{ items: Revision<Retention>[] }>('/definitions/Retention', undefined, signal),
  }).data?.items;
}

/** A definition that hangs on another. */
export interface Dependent {
  kind: string;
  id: string;
  name: LocalizedText;
  /** It hangs on the metric itself, not on a formula that does. */
  direct: boolean;
}

/** What speaks of a metric, and what speaks of the formulas that do. */
export function useDependents(id: string | null) {
  return useQuery({
    queryKey: ['definitions', 'dependents', id],
    enabled: id !== null,
    queryFn: async ({ signal }): Promise<Dependent[]> => {
      const found = new Map<string, Dependent>();
      let around = id === null ? [] : [id];
      for (let direct = true; around.length > 0; direct = false) {
        const told = await Promise.all(around.map((one) => api.get<{ spokenOfBy: Omit<Dependent, 'direct'>[] }>(`/definitions${pathOf('Metric', one)}/explanation`, undefined, signal)));
        const fresh = told.flatMap(({ spokenOfBy }) => spokenOfBy).filter((by) => !found.has(`${by.kind}/${by.id}`));
        for (const by of fresh) found.set(`${by.kind}/${by.id}`, { kind: by.kind, id: by.id, name: by.name, direct });
        around = fresh.filter((by) => by.kind === 'Metric').map((by) => by.id);
      }
      return [...found.values()];
    },
  });
}

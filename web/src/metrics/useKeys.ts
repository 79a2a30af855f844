import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Metric } from '../api/metric';
import type { Pattern, PropertySummary } from '../api/types';
import { api } from '../api/client';
import { propertiesQuery } from '../board/filter/BreakdownChoice';

interface Group {
  label: string;
  options: { value: string; label: string }[];
}

/** The where keys that a metric can be broken down by: of its events, and of whom they happened to. */
export function useKeys(metric: Metric): Group[] {
  const { t } = useTranslation('metrics');
  const { t: board } = useTranslation('board');
  const properties = useQueries({
    queries: eventsOf(metric).slice(0, 10).map((event) => propertiesQuery(event)),
    combine: (results) => results.flatMap((result) => result.data?.items ?? []),
  });
  const traits = useTraitsOf('person');
  const ofAccount = useTraitsOf('account');
  const distinct = [...new Set(properties.map((property) => property.key))].filter((key) => key.startsWith('properties.'));
  const plain = (keys: string[]) => keys.map((value) => ({ value, label: value }));
  return [
    { label: t('keys.events'), options: ['channel', 'source'].map((value) => ({ value, label: board(`keys_of.${value}`) })) },
    { label: t('keys.properties'), options: plain(distinct) },
    { label: t('keys.traits'), options: plain(traits) },
    { label: t('keys.account'), options: plain(ofAccount) },
  ].filter((group) => group.options.length > 0);
}

function useTraitsOf(of: 'person' | 'account'): string[] {
  const { data } = useQuery({
    queryKey: ['events', 'traits', of],
    queryFn: ({ signal }) => api.get<{ items: PropertySummary[] }>(`/traits?of=${of}`, undefined, signal),
    staleTime: 60_000,
  });
  return (data?.items ?? []).map((trait) => trait.key);
}

/** The names of the events that a metric is counted from, each once. */
export function eventsOf(metric: Metric): string[] {
  const found: string[] = [];
  const read = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { event, when, of, from } = part as { event?: unknown; when?: Pattern[]; of?: unknown; from?: unknown };
    if (typeof event === 'string') found.push(event);
    when?.forEach(read);
    read(of);
    read(from);
  };
  Object.values(metric).forEach(read);
  return [...new Set(found)];
}

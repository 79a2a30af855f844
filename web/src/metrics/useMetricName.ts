import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { MetricSummary } from '../api/metric';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';

/** The names of metrics by their ids, in the reader's language. */
export function useMetricName(): (id: string) => string {
  const locale = useLocale();
  const { data } = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => api.get<{ items: MetricSummary[] }>('/metrics', undefined, signal),
  });
  return (id) => pick(data?.items.find((metric) => metric.id === id)?.name, locale).text || id;
}

import { useQuery } from '@tanstack/react-query';
import { api, pathOf } from '../api/client';
import type { Explanation } from '../api/tree';
import { questionOf, type WhyOptions } from './model';

/** Why a stored metric moved; the answer before stays while another of the same metric is asked for. */
export function useWhy(metric: string, options: WhyOptions, enabled = true) {
  const question = questionOf(options);
  return useQuery({
    queryKey: ['measure', 'why', metric, question],
    queryFn: ({ signal }) => api.post<Explanation>(`/metrics${pathOf(metric)}/why`, question, { signal }),
    placeholderData: (old, query) => (query?.queryKey[2] === metric ? old : undefined),
    enabled,
  });
}

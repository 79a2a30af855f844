// The numbers of a draft: they follow it while it is written. The newest is asked
// once the hand rests, one that was overtaken is aborted, and what was known last
// stays until there is something newer.
import { skipToken, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, ApiError } from '../../api/client';
import type { Metric, MetricAnswer, MetricRequest } from '../../api/metric';
import type { Fault } from '../../api/types';
import { useLate, useSettled } from '../../board/useMeasure';
import { measureOf } from '../model';
import { missing } from './model/missing';

const restMillis = 400;

export interface DraftNumbers {
  answer: MetricAnswer | undefined;
  /** Those of the version that the draft began from; undefined for a new metric. */
  before: MetricAnswer | undefined;
  error: Error | null;
  faults: readonly Fault[];
  /** What has still to be chosen, as paths. */
  missing: readonly string[];
  /** The answer is of an earlier draft, and has been for longer than anyone overlooks. */
  late: boolean;
  retry: () => void;
}

const none: readonly Fault[] = [];

/** stored: the version that is edited, by its id; null for a new metric, whose id may still be missing. */
export function useDraftNumbers(metric: Metric, stored: { id: string; version: number } | null): DraftNumbers {
  const lacking = useMemo(() => missing(metric), [metric]);
  // A number needs no id: what is missing of it is told where it is written.
  const asked = useSettled(metric.id === '' ? { ...metric, id: 'new_metric' } : metric, undefined, restMillis);
  // What is missing elsewhere keeps nobody from being told what is wrong here.
  const chosen = measureOf(asked) !== null;
  const draft = useQuery({
    queryKey: ['measure', 'metric', 'draft', asked],
    queryFn: chosen ? ({ signal }) => api.post<MetricAnswer>('/measure', { metric: asked }, { signal }) : skipToken,
    gcTime: 60_000,
  });
  const question: MetricRequest | null = stored && { metricId: stored.id, version: stored.version };
  const before = useQuery({
    queryKey: ['measure', 'metric', question],
    queryFn: question ? ({ signal }) => api.post<MetricAnswer>('/measure', question, { signal }) : skipToken,
  });
  const [known, know] = useState(draft.data);
  if (draft.data && draft.data !== known) know(draft.data);
  const { error } = draft;
  return {
    answer: draft.data ?? known,
    before: before.data,
    error,
    faults: (error instanceof ApiError ? error.problem.faults : undefined) ?? none,
    missing: lacking,
    late: useLate(draft.isFetching && !draft.data && known !== undefined) || error !== null || lacking.length > 0,
    retry: () => void draft.refetch(),
  };
}

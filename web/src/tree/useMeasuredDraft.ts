// The numbers of a tree while it is drawn. They follow the draft; until they have come,
// what is drawn has its new shape with the numbers known so far.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, ApiError } from '../api/client';
import type { TreeAnswer, TreeQuestion } from '../api/tree';
import type { MetricSummary } from '../api/metric';
import type { Revision } from '../api/types';
import { same } from '../drawing/same';
import { useSettled } from '../board/useMeasure';
import type { TreeDefinition } from './model/definition';
import type { Draft } from './model/draft';
import { faultsByKey, type Fault } from './model/faults';
import { preview } from './model/preview';
import { useTree } from './useTree';

/** A draft is asked of once the hand has rested this long: a tree is many metrics. */
const restMillis = 700;
const noFaults: readonly Fault[] = [];
const noMetrics: MetricSummary[] = [];

interface Measured {
  answer: TreeAnswer | undefined;
  metrics: MetricSummary[];
  faults: readonly Fault[];
  faultsByCard: ReadonlyMap<string, string>;
  error: Error | null;
  retry: () => void;
  measuring: boolean;
}

export function useMeasuredDraft(revision: Revision<TreeDefinition>, { body: tree, base }: Pick<Draft, 'body' | 'base'>, dirty: boolean, editing: boolean, filters: Omit<TreeQuestion, 'tree' | 'treeId' | 'version'>): Measured {
  const settled = useSettled(tree, undefined, restMillis);
  // As long as the hand moves, what was asked last is asked: at first the stored tree.
  const question = dirty && !same(settled, base) ? { tree: settled as unknown as NonNullable<TreeQuestion['tree']>, ...filters } : { treeId: revision.id, version: revision.version, ...filters };
  const { data, error, refetch, isFetching, isPlaceholderData } = useTree(question);
  // What was known last, also where the newest draft cannot be measured.
  const [known, know] = useState(data);
  if (data && data !== known) know(data);
  const { data: list } = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => api.get<{ items: MetricSummary[] }>('/metrics', undefined, signal),
    enabled: editing || dirty,
  });
  const metrics = list?.items ?? noMetrics;
  const last = data ?? known;
  const isOf = data !== undefined && !isPlaceholderData && (!dirty || settled === tree);
  const isOlder = !isOf && (dirty || last?.definition.version !== revision.version);
  const answer = useMemo(() => (last && isOlder ? preview(last, tree, metrics) : last), [last, isOlder, tree, metrics]);
  const faults = (dirty && error instanceof ApiError && error.problem.faults) || noFaults;
  const faultsByCard = useMemo(() => faultsByKey(faults, tree), [faults, tree]);
  return { answer, metrics, faults, faultsByCard, error, retry: () => void refetch(), measuring: isFetching };
}

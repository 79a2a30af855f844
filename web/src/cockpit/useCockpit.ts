// What the cockpit asks. The definitions come first, at once; the star, its inputs
// and the journey are asked for by themselves, for they are there long before all of
// the tree has been judged.
import { useQueries, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Grain, Metric, MetricAnswer, MetricRequest } from '../api/metric';
import type { LocalizedText, Revision } from '../api/types';
import type { TreeAnswer } from '../api/tree';
import { sessionQuery } from '../app/queries';
import { dayOf } from '../board/model/period';
import { useNow } from '../format/useNow';
import { currentQuery } from '../ledger/queries';
import { readingOfAnswer, readingOfNode, type Reading } from '../tree/model/reading';
import { useTree } from '../tree/useTree';
import { treeQuestion, type Address } from './address';

/** The parts of a tree's definition that are read before it is measured. */
export interface TreeBody {
  name?: LocalizedText;
  stars?: { metric: string; since?: string }[];
  constellation?: string[];
  objectives?: { strategies?: { steps?: { journey: string }[] }[] }[];
}

export interface Definitions {
  trees: Revision<TreeBody>[];
  all: Revision<{ name?: LocalizedText }>[];
  pending: boolean;
  error: Error | null;
  retry: () => void;
}

export function useDefinitions(): Definitions {
  const { data, error, isPending, refetch } = useQuery(currentQuery(false));
  const all = data?.items ?? [];
  return { all, trees: all.filter(({ kind }) => kind === 'Tree') as Revision<TreeBody>[], pending: isPending, error, retry: () => void refetch() };
}

/** The day it is in the workspace. */
export function useToday(): string {
  const { data: session } = useQuery(sessionQuery);
  return dayOf(useNow(), session?.workspace.timezone ?? 'UTC');
}

/** The star that rules on a day, with its place among those that did. */
export function rulingOn(body: TreeBody, day: string): { metric: string; since?: string; place: number } | null {
  const stars = body.stars ?? [];
  const place = stars.findLastIndex(({ since }, at) => at === 0 || (since !== undefined && since <= day));
  const star = stars[place];
  return star ? { ...star, place } : null;
}

/** The journeys that strategies act on, the one of most steps first. */
export function journeysOf(body: TreeBody): string[] {
  const steps = (body.objectives ?? []).flatMap((objective) => (objective.strategies ?? []).flatMap((strategy) => strategy.steps ?? []));
  const ids = [...new Set(steps.map(({ journey }) => journey))];
  const count = (id: string) => steps.filter(({ journey }) => journey === id).length;
  return ids.toSorted((a, b) => count(b) - count(a));
}

export interface OneTree {
  body: TreeBody;
  answer: TreeAnswer | undefined;
  /** Whether the answer is of an earlier question. */
  late: boolean;
  error: Error | null;
  retry: () => void;
  grain: Grain;
  star: Reading | undefined;
  inputs: (Reading | undefined)[];
  /** The star that rules, and its name. */
  ruling: ReturnType<typeof rulingOn>;
  name: LocalizedText | undefined;
  asOf: string | undefined;
}

/** A stored tree: what is known of it so far. */
export function useOneTree(revision: Revision<TreeBody>, definitions: Revision[], address: Address): OneTree {
  const { body } = revision;
  const today = useToday();
  const metricOf = (id: string) => definitions.find((each) => each.kind === 'Metric' && each.id === id)?.body as Metric | undefined;
  const ruling = rulingOn(body, address.asOf ?? today);
  const grain = address.grain ?? (ruling && metricOf(ruling.metric)?.grain) ?? 'week';
  const ids = [...(ruling ? [ruling.metric] : []), ...(body.constellation ?? [])];
  const alone = useQueries({
    queries: ids.map((id) => {
      const question: MetricRequest = { metricId: id, grain, ...(address.asOf && { asOf: address.asOf }), ...(address.segment && { segment: address.segment }) };
      return {
        queryKey: ['measure', 'metric', question],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.post<MetricAnswer>('/measure', question, { signal }),
      };
    }),
  });
  // The whole tree takes all processors: what is told first is asked first.
  const { data: answer, error, isPlaceholderData, refetch } = useTree(treeQuestion(revision.id, address), alone.every(({ isPending }) => !isPending));
  const readings = ids.map((id, at): Reading | undefined => {
    const node = answer?.nodes.find(({ metric }) => metric === id);
    if (node && !isPlaceholderData) return readingOfNode(node);
    const [metric, own] = [metricOf(id), alone[at]?.data];
    return (metric && own && readingOfAnswer(metric, own, address.periods)) || (node && readingOfNode(node));
  });
  const [star, ...inputs] = ruling ? readings : [undefined, ...readings];
  return {
    body,
    answer,
    late: isPlaceholderData,
    error: answer ? null : error,
    retry: () => void refetch(),
    grain,
    star,
    inputs,
    ruling,
    name: ruling ? metricOf(ruling.metric)?.name : undefined,
    asOf: answer?.asOf ?? alone.find(({ data }) => data)?.data?.asOf,
  };
}

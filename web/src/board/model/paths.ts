// The paths of the flow view: which are chosen, the question they are, and what
// there is to say about the answer.

import type { Journey, MeasureRequest, PathLink, PathNode, PathsAnswer, PathsRequest, Stage } from '../../api/types';
import type { Search } from './address';
import { isBound } from './operation';

export type PathKind = PathsRequest['kind'];
export type Occurrence = NonNullable<PathsRequest['occurrence']>;

export const pathKinds: readonly PathKind[] = ['before', 'between', 'after', 'transitions'];
export const occurrences: readonly Occurrence[] = ['first', 'last', 'every'];
export const usualSteps = 4;
export const mostSteps = 10;

/** What a reader chose; what is not chosen is as usual. Anchors are stages. */
export interface PathChoice {
  kind: PathKind;
  anchor?: string;
  until?: string;
  steps?: number;
  which?: Occurrence;
}

export function parsePath({ path, anchor, until, steps, which }: Search): PathChoice | undefined {
  const kind = pathKinds.find((each) => each === path);
  if (!kind) return undefined;
  const count = Number(steps);
  const occurrence = occurrences.find((each) => each === which);
  return {
    kind,
    ...(anchor && { anchor }),
    ...(until && { until }),
    ...(Number.isInteger(count) && count >= 1 && count <= mostSteps && { steps: count }),
    ...(occurrence && { which: occurrence }),
  };
}

export function searchOfPath({ kind, anchor, until, steps, which }: PathChoice): Search {
  return {
    path: kind,
    ...(anchor && { anchor }),
    ...(until && { until }),
    ...(steps !== undefined && steps !== usualSteps && { steps: String(steps) }),
    ...(which && which !== 'first' && { which }),
  };
}

/** A choice with everything that the question needs. */
export interface Anchored {
  kind: PathKind;
  anchor?: Stage;
  until?: Stage;
  steps: number;
  which: Occurrence;
}

export const boundStages = (journey: Journey): Stage[] => journey.stages.filter((stage) => stage.steps.some(isBound));

/** The paths of a kind that are worth a first look: around the worst leak, where there is one. */
export function firstChoice(kind: PathKind, journey: Journey, leak: { from: Stage; to: Stage } | null): PathChoice {
  if (!leak || kind === 'transitions') return parsePath(fixed({ kind }, journey)) ?? { kind };
  if (kind === 'before') return { kind, anchor: leak.to.id };
  return { kind, anchor: leak.from.id, ...(kind === 'between' && { until: leak.to.id }) };
}

/** A choice with its stages named, so that its address shows the same to everybody. */
function fixed(choice: PathChoice, journey: Journey): Search {
  const { anchor, until } = anchored(choice, journey) ?? {};
  return searchOfPath({ ...choice, ...(anchor && { anchor: anchor.id }), ...(until && { until: until.id }) });
}

/**
 * Finds the stages of a choice, and stands others in for those that are not
 * named or not there. Null where too few stages are bound to hold a path.
 */
export function anchored(choice: PathChoice, journey: Journey): Anchored | null {
  const { kind } = choice;
  const sizes = { kind, steps: choice.steps ?? usualSteps, which: choice.which ?? 'first' };
  if (kind === 'transitions') return sizes;
  const bound = boundStages(journey);
  const find = (id: string | undefined) => bound.find((stage) => stage.id === id);
  const anchor = find(choice.anchor) ?? (kind === 'before' ? bound.at(-1) : bound[0]);
  if (!anchor) return null;
  if (kind !== 'between') return { ...sizes, anchor };
  const until = find(choice.until) ?? bound[bound.indexOf(anchor) + 1] ?? bound.find((stage) => stage !== anchor);
  return until ? { ...sizes, anchor, until } : null;
}

/** How many names a column tells apart: as many as can be read. */
const namesInColumn = 6;

/** The question of paths: the board's own, asked around stages. Repeats count once. */
export function pathsQuestion(question: MeasureRequest, { kind, anchor, until, steps, which }: Anchored): PathsRequest {
  const { journey, journeyId, version, from, to, asOf, segment, window } = question;
  return {
    kind,
    ...(journey && { journey }),
    ...(journeyId !== undefined && { journeyId, ...(version !== undefined && { version }) }),
    ...(from && { from }),
    ...(to && { to }),
    ...(asOf && { asOf }),
    ...(segment && { segment }),
    fold: true,
    ...(kind !== 'transitions' && { anchor: { stage: anchor?.id ?? '' }, steps, occurrence: which, top: namesInColumn }),
    ...(kind === 'between' && { until: { stage: until?.id ?? '' }, ...(window && { within: window }) }),
  };
}

export interface Found {
  link: PathLink;
  from: PathNode;
  to: PathNode;
  /** Of the paths through what the link starts from; before an anchor, through what it ends in. */
  share: number;
  of: number;
}

/**
 * What most people do: the most frequent link that touches the anchor, or of
 * transitions the most frequent of all. Null where nobody did anything.
 */
export function mostFrequent(answer: PathsAnswer): Found | null {
  const nodes = new Map(answer.nodes.map((node) => [node.id, node]));
  const touches = (link: PathLink) => {
    const side = answer.kind === 'before' ? link.to : link.from;
    return answer.kind === 'transitions' || nodes.get(side)?.kind === 'anchor';
  };
  const telling = (link: PathLink) => [link.from, link.to].every((id) => nodes.get(id)?.kind !== 'other');
  const links = answer.links.filter(touches).toSorted((a, b) => b.paths - a.paths);
  const link = links.find(telling) ?? links[0];
  const from = link && nodes.get(link.from);
  const to = link && nodes.get(link.to);
  if (!link || !from || !to) return null;
  const of = (answer.kind === 'before' ? to : from).paths;
  return { link, from, to, of, share: of > 0 ? link.paths / of : 0 };
}

/** Links as the paths go, from the first column to the last; the widest first. */
export function inOrder(answer: PathsAnswer): PathLink[] {
  const places = new Map(answer.nodes.map((node) => [node.id, node.position]));
  const at = (id: string) => places.get(id) ?? 0;
  return answer.links.toSorted((a, b) => at(a.from) - at(b.from) || at(a.to) - at(b.to) || b.paths - a.paths);
}

// A metric as a tile tells it: its last period, how far that is from where it should
// be, and what of it asks for somebody. Made of the tree's answer, or, before that is
// there, of the metric's own; the numbers are the same.
import type { Good, LocalizedText, Metric, MetricAnswer, MetricPoint } from '../api/types';
import type { TreeAnswer, TreeNode, TreeStanding } from '../api/tree';
import { goodness, moveOf, smallN, usualOf } from '../metrics/model';

export interface Reading {
  id: string;
  name: LocalizedText | undefined;
  unit: string;
  good: Good;
  owner: string[];
  periods: MetricPoint[]; // those shown, oldest first
  /** The last period that is over and settled, which may lie before those shown, and the one before it. */
  now: MetricPoint | null;
  before: MetricPoint | null;
  target: TreeStanding | null;
  problem: string | null; // why it could not be measured
}

export function readingOfNode(node: TreeNode): Reading {
  const { metric, name, unit, good, owner, periods, value, before, target, problem } = node;
  return { id: metric, name, unit, good, owner, periods, now: value, before, target, problem };
}

/** Null where no period of the answer is settled: the tree looks back further. */
export function readingOfAnswer(metric: Metric, { periods, unit, good }: MetricAnswer, shown: number | undefined): Reading | null {
  const at = periods.findLastIndex((point) => !point.partial);
  const now = periods[at];
  if (!now) return null;
  return { id: metric.id, name: metric.name, unit, good, owner: metric.owner ?? [], periods: shown ? periods.slice(-shown) : periods, now, before: periods[at - 1] ?? null, target: null, problem: null };
}

/** How the last period moved from the one before it; null where that is not known. */
export function moveOfReading({ now, before, unit }: Reading): ReturnType<typeof moveOf> {
  return now && moveOf({ at: 0, point: now, before: before ?? undefined }, unit);
}

/** How far a metric is from where it should be. */
export interface Distance {
  /** From the straight way of its target by now, or from the mean of the periods before. */
  from: 'target' | 'usual';
  is: number;
  should: number;
  /** As change is told: points of a share, else relative to where it should be. */
  by: number;
  unit: 'points' | 'percent';
  /** Relative to where it should be; below 0 is the bad side, 0 where no direction is good. */
  ahead: number;
}

/** A reckoned number as people say it: from 100 on a whole one. */
export function roundly(value: number): number {
  return Math.abs(value) < 100 ? value : Math.round(value);
}

/** Null where either is unknown, or should be nothing. */
export function distanceOf({ unit, good, periods, now, target }: Reading): Distance | null {
  if (target && target.current !== null && target.expected !== null) return distance('target', target.current, target.expected, unit, good);
  const usual = usualOf(periods, periods.findIndex(({ from }) => from === now?.from));
  return now?.value == null || usual === null ? null : distance('usual', now.value, usual, unit, good);
}

function distance(from: Distance['from'], is: number, should: number, unit: string, good: Good): Distance | null {
  if (should === 0) return null;
  const relative = (is - should) / Math.abs(should);
  const direction = goodness(good);
  const ahead = direction === null ? 0 : direction === 'up' ? relative : -relative;
  return { from, is, should, by: unit === '' ? is - should : relative, unit: unit === '' ? 'points' : 'percent', ahead };
}

/** Too few to stand out. */
export function isSmall({ now }: Reading): boolean {
  return now !== null && now.value !== null && now.n < smallN;
}

/** Sorted by how far off, the worst first; behind them what is too small to tell, and what is unknown. */
export function byDistance(readings: Reading[]): Reading[] {
  const rank = (reading: Reading) => (distanceOf(reading) === null ? 2 : isSmall(reading) ? 1 : 0);
  return readings.toSorted((a, b) => rank(a) - rank(b) || (distanceOf(a)?.ahead ?? 0) - (distanceOf(b)?.ahead ?? 0));
}

/** Moves within this share of what is usual are no news. */
const clearly = -0.02;

/** The input that is furthest on the bad side; null where none clearly is. */
export function holdsBack(inputs: Reading[]): Reading | null {
  const worst = byDistance(inputs)[0];
  const off = worst && !isSmall(worst) ? distanceOf(worst) : null;
  return worst && off && off.ahead < clearly ? worst : null;
}

/** Targets that run and are behind their way, the one that ends first first. */
export function atRisk(tree: TreeAnswer): TreeStanding[] {
  return standings(tree).filter(({ state, onTrack }) => state === 'running' && onTrack === false).toSorted((a, b) => a.to.localeCompare(b.to));
}

/** All targets of a tree: its own and those of its objectives. */
export function standings(tree: TreeAnswer): TreeStanding[] {
  return [...tree.targets, ...tree.objectives.flatMap((objective) => objective.targets)];
}

/** Guardrails beyond their limit, the one that blocks first. */
export function broken(tree: TreeAnswer): TreeNode[] {
  return tree.nodes.filter((node) => node.guardrail?.broken === true).toSorted((a, b) => (a.guardrail?.tier ?? 0) - (b.guardrail?.tier ?? 0));
}

/** Metrics whose agreement something went behind. */
export function drifted(tree: TreeAnswer): TreeNode[] {
  return tree.nodes.filter((node) => node.trust.state === 'drifted');
}

/** Metrics that were found vain, and for which nobody signed a reason to keep them. */
export function vainUnsigned(tree: TreeAnswer): TreeNode[] {
  return tree.nodes.filter((node) => node.vanity?.judgement === 'vain' && !node.vanity.override);
}

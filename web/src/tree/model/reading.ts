// A metric as the cockpit and the star's page tell it: its last period, and how far that
// is from where it should be. Made of the tree's answer, or, before that is there, of the
// metric's own; the numbers are the same.
import type { Good, Metric, MetricAnswer, MetricPoint } from '../../api/metric';
import type { LocalizedText } from '../../api/types';
import type { TreeNode, TreeStanding } from '../../api/tree';
import { goodness, moveOf, smallN, usualOf } from '../../metrics/model';

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
  /** From the straight way of its running target by now, or from the mean of the periods before. */
  from: 'target' | 'usual';
  is: number;
  should: number;
  /** As change is told: points of a share, else relative to where it should be. */
  by: number;
  unit: 'points' | 'percent';
  /** Relative to where it should be; below 0 is the bad side, null where no direction is good. */
  ahead: number | null;
}

/** A reckoned number as people say it: from 100 on a whole one. */
export function roundly<Value extends number | null>(value: Value): Value | number {
  return value === null || Math.abs(value) < 100 ? value : Math.round(value);
}

/** Null where either is unknown, or should be nothing. */
export function distanceOf({ unit, good, periods, now, target }: Reading): Distance | null {
  const aim = aimOf(target);
  if (aim) return distance('target', aim.current, aim.expected, unit, good);
  const at = periods.findIndex(({ from }) => from === now?.from);
  const usual = at < 0 ? null : usualOf(periods, at); // of what lies before those shown, nothing is known
  return now?.value == null || usual === null ? null : distance('usual', now.value, usual, unit, good);
}

/** The target that a metric is held against: one that runs, and of which is known where it should be by now. */
function aimOf(target: TreeStanding | null): { current: number; expected: number; reads: TreeStanding['reads'] } | null {
  if (target?.state !== 'running' || target.current === null || target.expected === null) return null;
  return { current: target.current, expected: target.expected, reads: target.reads };
}

function distance(from: Distance['from'], is: number, should: number, unit: string, good: Good): Distance | null {
  if (should === 0) return null;
  const relative = (is - should) / Math.abs(should);
  const direction = goodness(good);
  const ahead = direction === null ? null : direction === 'up' ? relative : -relative;
  return { from, is, should, by: unit === '' ? is - should : relative, unit: unit === '' ? 'points' : 'percent', ahead };
}

/** Too few to stand out. What is held against a total is not: that is made of all its periods, a level of the last one alone. */
export function isSmall({ now, target }: Reading): boolean {
  return aimOf(target)?.reads !== 'total' && now !== null && now.value !== null && now.n < smallN;
}

/** Sorted by how far off, the worst first; behind them what is too small to tell, and what is unknown or good in no direction. */
export function byDistance(readings: Reading[]): Reading[] {
  const placed = readings.map((reading) => {
    const ahead = distanceOf(reading)?.ahead ?? null;
    return { reading, ahead, rank: ahead === null ? 2 : isSmall(reading) ? 1 : 0 };
  });
  return placed.toSorted((a, b) => a.rank - b.rank || (a.ahead ?? 0) - (b.ahead ?? 0)).map(({ reading }) => reading);
}

/** Moves within this share of what is usual are no news. */
const clearly = -0.02;

/** The input that is furthest on the bad side; null where none clearly is. */
export function holdsBack(inputs: Reading[]): Reading | null {
  const worst = byDistance(inputs)[0];
  const ahead = worst && !isSmall(worst) ? distanceOf(worst)?.ahead : null;
  return worst && ahead != null && ahead < clearly ? worst : null;
}

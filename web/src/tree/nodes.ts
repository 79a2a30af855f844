// Nodes of a measured tree, as several of its views read them.
import type { TreeAnswer, TreeNode } from '../api/tree';
import type { MetricPoint } from '../api/types';
import { goodness, latestOf, smallN, usualOf } from '../metrics/model';

export function nodeOf(answer: TreeAnswer, metric: string): TreeNode | undefined {
  return answer.nodes.find((node) => node.metric === metric);
}

/** The last settled number of a node, null where it has none that is known. */
export function knownOf({ value }: TreeNode): (MetricPoint & { value: number }) | null {
  return value !== null && value.value !== null ? { ...value, value: value.value } : null;
}

/** How a node moved against the period before: shares in points, other numbers relative. */
export function moveOfNode({ change, unit }: TreeNode): { value: number; unit: 'points' | 'percent' } | null {
  if (!change) return null;
  if (unit === '') return { value: change.absolute, unit: 'points' };
  return change.relative === null ? null : { value: change.relative, unit: 'percent' };
}

/** How far a node lies on the bad side, as a share of what it is held against: of its target where one runs, else of its own usual. */
export interface Off {
  from: 'target' | 'usual';
  /** What it is held against, in the metric's unit. */
  aim: number;
  /** Positive is worse than that. */
  share: number;
  /** A handful is behind it, so it says little. */
  isSmall: boolean;
}

/** Null where nothing is known to hold it against, or neither direction is good. */
export function offOf(node: TreeNode): Off | null {
  const good = goodness(node.good);
  if (good === null) return null;
  const off = (from: Off['from'], value: number, aim: number, n: number): Off | null => (aim === 0 ? null : { from, aim, share: ((aim - value) / Math.abs(aim)) * (good === 'up' ? 1 : -1), isSmall: n < smallN });
  const { target } = node;
  if (target?.state === 'running' && target.current !== null && target.expected !== null) {
    // A total is made of all its periods; a level of the last one alone.
    return off('target', target.current, target.expected, target.reads === 'total' ? Infinity : (node.value?.n ?? 0));
  }
  const latest = latestOf(node.periods);
  const usual = latest && usualOf(node.periods, latest.at);
  return latest && latest.point.value !== null && usual !== null ? off('usual', latest.point.value, usual, latest.point.n) : null;
}

/** Those furthest on the bad side first; then those that a handful speaks for, and last those of which nothing is known. */
export function byOff(nodes: TreeNode[]): TreeNode[] {
  const place = (off: Off | null) => (off === null ? 2 : off.isSmall ? 1 : 0);
  const found = nodes.map((node) => ({ node, off: offOf(node) }));
  return found.toSorted((a, b) => place(a.off) - place(b.off) || (b.off?.share ?? 0) - (a.off?.share ?? 0)).map(({ node }) => node);
}

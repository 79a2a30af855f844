// What more than one view reads from a measured tree.
import type { TreeAnswer, TreeNode } from '../../api/tree';
import type { MetricPoint } from '../../api/metric';

export function nodeOf(answer: TreeAnswer, metric: string): TreeNode | undefined {
  return answer.nodes.find((node) => node.metric === metric);
}

/** The last settled number of a node, null where it has none that is known. */
export function knownOf({ value }: TreeNode): (MetricPoint & { value: number }) | null {
  return value !== null && value.value !== null ? { ...value, value: value.value } : null;
}

/** How a metric moved on the period before: shares in points, other numbers relative to it; null where that is not known. */
export function moveOfNode({ change, unit }: TreeNode): { value: number; unit: 'points' | 'percent' } | null {
  if (change === null) return null;
  if (unit === '') return { value: change.absolute, unit: 'points' };
  return change.relative === null ? null : { value: change.relative, unit: 'percent' };
}

export function starOf({ nodes }: TreeAnswer): TreeNode | undefined {
  return nodes.find(({ roles }) => roles.includes('star'));
}

export type GuardedNode = TreeNode & { guardrail: NonNullable<TreeNode['guardrail']> };

/** The guardrails, and those of them that are broken, each with the one that blocks first. */
export function guardrailsOf({ nodes }: TreeAnswer): { all: GuardedNode[]; broken: GuardedNode[] } {
  const all = nodes.flatMap((node): GuardedNode[] => (node.guardrail === null ? [] : [{ ...node, guardrail: node.guardrail }])).toSorted((a, b) => a.guardrail.tier - b.guardrail.tier);
  return { all, broken: all.filter(({ guardrail }) => guardrail.broken === true) };
}

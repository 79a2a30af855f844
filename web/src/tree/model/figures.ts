// Figures of a node that more than one view shows.
import type { TreeAnswer, TreeNode } from '../../api/tree';

/** How a metric moved on the period before: shares in points, other numbers relative to it; null where that is not known. */
export function moveOfNode({ change, unit }: TreeNode): { value: number; unit: 'points' | 'percent' } | null {
  if (change === null) return null;
  if (unit === '') return { value: change.absolute, unit: 'points' };
  return change.relative === null ? null : { value: change.relative, unit: 'percent' };
}

export function starOf({ nodes }: TreeAnswer): TreeNode | undefined {
  return nodes.find(({ roles }) => roles.includes('star'));
}

/** The guardrails, and those of them that are broken. */
export function guardrailsOf({ nodes }: TreeAnswer): { all: TreeNode[]; broken: TreeNode[] } {
  const all = nodes.filter(({ guardrail }) => guardrail !== null);
  return { all, broken: all.filter(({ guardrail }) => guardrail?.broken === true) };
}

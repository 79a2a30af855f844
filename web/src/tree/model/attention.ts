// What of a tree asks for somebody.
import type { TreeAnswer, TreeNode, TreeStanding } from '../../api/tree';

/** Targets that run and are behind their way, the one that ends first first. */
export function atRisk(tree: TreeAnswer): TreeStanding[] {
  return standings(tree).filter(({ state, onTrack }) => state === 'running' && onTrack === false).toSorted((a, b) => a.to.localeCompare(b.to));
}

/** All targets of a tree: its own and those of its objectives. */
export function standings(tree: TreeAnswer): TreeStanding[] {
  return [...tree.targets, ...tree.objectives.flatMap((objective) => objective.targets)];
}

/** Metrics whose agreement something went behind. */
export function drifted(tree: TreeAnswer): TreeNode[] {
  return tree.nodes.filter((node) => node.trust.state === 'drifted');
}

/** Metrics that were found vain, and for which nobody signed a reason to keep them. */
export function vainUnsigned(tree: TreeAnswer): TreeNode[] {
  return tree.nodes.filter((node) => node.vanity?.judgement === 'vain' && !node.vanity.override);
}

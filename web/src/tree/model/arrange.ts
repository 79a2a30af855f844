// What stands where in a tree: each metric once, at the place that says most about
// it. The star first, its constellation, then the objectives with their strategies
// and measures; what a formula is made of stands below the metric it makes.
import type { TreeAnswer, TreeNode, TreeObjective } from '../../api/tree';

export type Strategy = TreeObjective['strategies'][number];

/** A line in a block. Its key is the metric's id, or that of objectiveKey and strategyKey. */
export type Row =
  | { is: 'metric'; key: string; node: TreeNode; depth: number } // depth 1 and more: a part of the one above
  | { is: 'strategy'; key: string; objective: TreeObjective; strategy: Strategy }
  | { is: 'mention'; key: string; node: TreeNode; strategy: string }; // a measure that stands elsewhere

export type Rank = 'star' | 'input' | 'below';

export interface Block {
  key: string;
  rank: Rank;
  objective?: TreeObjective;
  rows: Row[];
}

export const objectiveKey = (objective: string) => `objective:${objective}`;
export const strategyKey = (objective: string, strategy: string) => `strategy:${objective}/${strategy}`;
/** The block of what no objective names. */
export const restKey = 'rest';

/** The tree as blocks: star, inputs in the order of the tree, objectives, and the rest if there is any. */
export function arrange(answer: TreeAnswer): Block[] {
  const nodes = new Map(answer.nodes.map((node) => [node.metric, node]));
  const partsOf = partsIn(answer);
  const measured = new Set(answer.objectives.flatMap(({ strategies }) => strategies.flatMap(({ measures }) => measures.map(({ metric }) => metric))));
  const isChief = ({ roles, metric }: TreeNode) => roles.includes('star') || roles.includes('input') || measured.has(metric);
  const placed = new Set<string>();

  /** A metric and, below it, those parts of its formula that have no place of their own. */
  const family = (id: string, depth = 0): Row[] => {
    const node = nodes.get(id);
    if (!node || placed.has(id)) return [];
    placed.add(id);
    const parts = partsOf(id).filter((part) => {
      const its = nodes.get(part);
      return its !== undefined && !isChief(its);
    });
    return [{ is: 'metric', key: id, node, depth }, ...parts.flatMap((part) => family(part, depth + 1))];
  };
  const chiefs = (role: string, rank: Rank): Block[] =>
    answer.nodes.filter(({ roles }) => roles.includes(role)).map(({ metric }) => ({ key: metric, rank, rows: family(metric) }));

  const top = [...chiefs('star', 'star'), ...chiefs('input', 'input')];
  const objectives = answer.objectives.map((objective): Block => ({
    key: objectiveKey(objective.id),
    rank: 'below',
    objective,
    rows: objective.strategies.flatMap((strategy): Row[] => [
      { is: 'strategy', key: strategyKey(objective.id, strategy.id), objective, strategy },
      ...strategy.measures.flatMap(({ metric }): Row[] => {
        const node = nodes.get(metric);
        if (!node) return [];
        return placed.has(metric) ? [{ is: 'mention', key: `${strategyKey(objective.id, strategy.id)}>${metric}`, node, strategy: strategy.id }] : family(metric);
      }),
    ]),
  }));
  // Wholes before their parts, so that a part of another one stands below it.
  const left = answer.nodes.filter(({ metric }) => !placed.has(metric));
  const isPart = ({ metric }: TreeNode) => left.some((whole) => whole.metric !== metric && partsOf(whole.metric).includes(metric));
  const rest = [...left.filter((node) => !isPart(node)), ...left.filter(isPart)].flatMap(({ metric }) => family(metric));
  return [...top, ...objectives, ...(rest.length > 0 ? [{ key: restKey, rank: 'below' as const, rows: rest }] : [])];
}

/** What the formula of a metric is made of, in the order of the formula. */
export function partsIn({ edges }: TreeAnswer): (metric: string) => string[] {
  const parts = new Map<string, string[]>();
  for (const { kind, from, to } of edges) {
    if (kind === 'arithmetic') parts.set(to, [...(parts.get(to) ?? []), from]);
  }
  return (metric) => parts.get(metric) ?? [];
}

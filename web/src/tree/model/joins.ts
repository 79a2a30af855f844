// What is joined to what: arithmetic, influence, belonging to the constellation, and
// the way from an objective over its strategies to what they are measured by.
import type { TreeAnswer, TreeEdge } from '../../api/tree';
import { objectiveKey, strategyKey } from './arrange';
import { starOf } from './figures';

export interface Join {
  id: string;
  from: string; // a key of arrange.ts
  to: string;
  is: 'arithmetic' | 'influence' | 'input' | 'structure';
  edge?: TreeEdge; // of the first two
}

/** All joins of a tree. An input that something else joins to the star needs no line for belonging to it. */
export function joinsOf(answer: TreeAnswer): Join[] {
  const told = answer.edges.map((edge): Join => ({ id: `${edge.kind}:${edge.from}>${edge.to}`, from: edge.from, to: edge.to, is: edge.kind, edge }));
  const star = starOf(answer)?.metric;
  const inputs = answer.nodes.flatMap(({ metric, roles }): Join[] => {
    if (star === undefined || !roles.includes('input')) return [];
    const isJoined = told.some(({ from, to }) => (from === metric && to === star) || (from === star && to === metric));
    return isJoined ? [] : [{ id: `input:${metric}`, from: metric, to: star, is: 'input' }];
  });
  const structure = answer.objectives.flatMap((objective) =>
    objective.strategies.flatMap((strategy): Join[] => {
      const key = strategyKey(objective.id, strategy.id);
      return [
        { id: `structure:${key}`, from: key, to: objectiveKey(objective.id), is: 'structure' },
        ...strategy.measures.map(({ metric }): Join => ({ id: `structure:${key}>${metric}`, from: metric, to: key, is: 'structure' })),
      ];
    }),
  );
  return [...told, ...inputs, ...structure];
}

/**
 * What is joined to something: itself, all it is directly joined to, and over its
 * strategy the objective of a measure, or the measures of an objective.
 */
export function joinedTo(key: string, joins: Join[]): Set<string> {
  const beside = (of: string) => joins.flatMap(({ from, to }) => (from === of ? [to] : to === of ? [from] : []));
  const near = beside(key);
  const isObjective = key.startsWith('objective:');
  const over = near
    .filter((one) => one.startsWith('strategy:'))
    .flatMap(beside)
    .filter((one) => isObjective || one.startsWith('objective:'));
  return new Set([key, ...near, ...over]);
}

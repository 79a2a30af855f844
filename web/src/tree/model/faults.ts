// Where on the canvas a fault of a draft stands, by the path that the server tells.
import type { Problem } from '../../api/types';
import { objectiveKey, strategyKey } from './arrange';
import type { TreeDefinition } from './definition';

export type Fault = NonNullable<Problem['faults']>[number];

/** The faults of a field: those at its path and, of what has fields of its own, at any of these. */
export function faultsAt(faults: readonly Fault[], path: string, within = false): string[] {
  return [...new Set(faults.filter((fault) => fault.path === path || (within && /^[.[]/.test((fault.path ?? '').slice(path.length)) && fault.path?.startsWith(path))).map(({ message }) => message))];
}

/** The faults of each card, in words; those of the whole tree stand under no key. */
export function faultsByKey(faults: readonly Fault[], tree: TreeDefinition): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path = '', message } of faults) {
    const key = keyOf(path, tree);
    if (key !== undefined) found.set(key, found.has(key) ? `${found.get(key)} ${message}` : message);
  }
  return found;
}

function keyOf(path: string, tree: TreeDefinition): string | undefined {
  const [, list = '', place] = /^(\w+)\[(\d+)\]/.exec(path) ?? [];
  const at = Number(place);
  switch (list) {
    case 'objectives': {
      const objective = tree.objectives?.[at];
      const inner = /^objectives\[\d+\]\.strategies\[(\d+)\]/.exec(path)?.[1];
      const strategy = inner === undefined ? undefined : objective?.strategies?.[Number(inner)];
      if (!objective) return undefined;
      return strategy ? strategyKey(objective.id, strategy.id) : objectiveKey(objective.id);
    }
    case 'influences':
      return tree.influences?.[at]?.from;
    case 'stars':
    case 'guardrails':
    case 'targets':
      return tree[list]?.[at]?.metric;
    case 'constellation':
    case 'counters':
    case 'outcomes':
    case 'spend':
      return tree[list]?.[at];
  }
  return undefined;
}

// The targets of a tree, its own and those of its objectives, and how each is changed.
import type { Part, Target, TreeDefinition } from './definition';

/** Which target: one of the tree itself where no objective is named. No two of a home are of the same metric and days. */
export interface TargetSpot {
  objective?: string | undefined;
  metric: string;
  from: string;
  to: string;
}

export interface PlacedTarget {
  spot: TargetSpot;
  target: Target;
  path: string; // as the server's faults name it
}

/** All targets: those of the tree first. */
export function targetsIn(tree: TreeDefinition): PlacedTarget[] {
  const placed = (targets: Target[] | undefined, path: string, objective?: string) =>
    (targets ?? []).map((target, at): PlacedTarget => ({ spot: spotOf(target, objective), target, path: `${path}[${at}]` }));
  return [...placed(tree.targets, 'targets'), ...(tree.objectives ?? []).flatMap(({ id, targets }, at) => placed(targets, `objectives[${at}].targets`, id))];
}

export function spotOf({ metric, from, to }: Pick<Target, 'metric' | 'from' | 'to'>, objective: string | undefined): TargetSpot {
  return { metric, from, to, ...(objective && { objective }) };
}

export function sameSpot(a: TargetSpot, b: TargetSpot): boolean {
  return a.objective === b.objective && a.metric === b.metric && a.from === b.from && a.to === b.to;
}

export function findTarget(tree: TreeDefinition, spot: TargetSpot): Target | undefined {
  return targetsIn(tree).find((placed) => sameSpot(placed.spot, spot))?.target;
}

const objectivePart = 'objective:';

/** Whom a part is asked of: no target asks the same twice. */
export function partKey({ metric, objective }: Part): string {
  return metric === undefined ? `${objectivePart}${objective}` : metric;
}

/** Whom a key names. */
export function partOfKey(key: string): Pick<Part, 'metric' | 'objective'> {
  return key.startsWith(objectivePart) ? { objective: key.slice(objectivePart.length) } : { metric: key };
}

/** The tree with one more target; null where it has it already, or its objective is gone. */
export function withTarget(tree: TreeDefinition, target: Target, objective: string | undefined): TreeDefinition | null {
  if (findTarget(tree, spotOf(target, objective))) return null;
  return inHome(tree, objective, (targets) => [...targets, target]);
}

/** The tree without a target; null where it has none such. */
export function withoutTarget(tree: TreeDefinition, spot: TargetSpot): TreeDefinition | null {
  const own = findTarget(tree, spot);
  return own ? inHome(tree, spot.objective, (targets) => targets.filter((one) => one !== own)) : null;
}

/** The tree with a target changed in its place; null where it has none such, or it would become another one. */
export function withChanged(tree: TreeDefinition, spot: TargetSpot, change: (target: Target) => Target): TreeDefinition | null {
  const own = findTarget(tree, spot);
  if (!own) return null;
  const next = change(own);
  const becomes = spotOf(next, spot.objective);
  if (!sameSpot(becomes, spot) && findTarget(tree, becomes)) return null;
  return inHome(tree, spot.objective, (targets) => targets.map((one) => (one === own ? next : one)));
}

/** A target with other parts; a list that is empty is not written. */
export function withParts(target: Target, parts: Part[]): Target {
  const { parts: _, ...rest } = target;
  return parts.length > 0 ? { ...rest, parts } : rest;
}

/** The tree without the parts that its targets ask of a metric or an objective. */
export function withoutPartsOf(tree: TreeDefinition, key: string): TreeDefinition {
  const strip = (target: Target) => (target.parts ? withParts(target, target.parts.filter((part) => partKey(part) !== key)) : target);
  return {
    ...tree,
    ...(tree.targets && { targets: tree.targets.map(strip) }),
    ...(tree.objectives && { objectives: tree.objectives.map((objective) => (objective.targets ? { ...objective, targets: objective.targets.map(strip) } : objective)) }),
  };
}

function inHome(tree: TreeDefinition, objective: string | undefined, change: (targets: Target[]) => Target[]): TreeDefinition | null {
  const changed = <Home extends { targets?: Target[] }>({ targets, ...home }: Home) => {
    const next = change(targets ?? []);
    return { ...home, ...(next.length > 0 && { targets: next }) } as unknown as Home;
  };
  if (objective === undefined) return changed(tree);
  if (!tree.objectives?.some(({ id }) => id === objective)) return null;
  return { ...tree, objectives: tree.objectives.map((one) => (one.id === objective ? changed(one) : one)) };
}

// Everything a person can do to a tree, as data. An operation names what it acts on by
// id, never by place, so that it can be undone, done again, and put on top of what
// somebody else saved in the meantime.
import type { LocalizedText } from '../../api/types';
import { same } from '../../drawing/same';
import type { BoundStep, Guardrail, Influence, LifeCycle, MeasureRole, Objective, Part, Question, Star, Strategy, Target, TreeDefinition, ValueEvent } from './definition';
import { findTarget, partKey, targetsIn, withChanged, withoutPartsOf, withoutTarget, withParts, withTarget, type TargetSpot } from './target';

/** The lists of metrics that a tree has besides its strategies. */
export type List = 'constellation' | 'counters' | 'outcomes' | 'spend';
export type ObjectivePatch = Partial<Pick<Objective, 'name' | 'owner'>>;
export type StrategyPatch = Partial<Pick<Strategy, 'name' | 'owner' | 'steps'>>;

export type TargetPatch = Partial<Omit<Target, 'metric' | 'parts'>>;

export type Operation =
  | { do: 'edit'; patch: Partial<Pick<TreeDefinition, 'name' | 'description'>> }
  | { do: 'list'; metric: string; list: List; isIn: boolean }
  | { do: 'guard'; guardrail: Guardrail }
  | { do: 'unguard'; metric: string }
  | { do: 'value'; value: ValueEvent | undefined }
  | { do: 'measure'; strategy: string; metric: string; isIn: boolean }
  | { do: 'role'; strategy: string; metric: string; role: MeasureRole }
  | { do: 'addObjective'; objective: Objective }
  | { do: 'editObjective'; objective: string; patch: ObjectivePatch }
  | { do: 'moveObjective'; objective: string; to: number }
  | { do: 'deleteObjective'; objective: string }
  | { do: 'addStrategy'; objective: string; strategy: Strategy }
  | { do: 'editStrategy'; strategy: string; patch: StrategyPatch }
  | { do: 'moveStrategy'; strategy: string; objective: string; to: number }
  | { do: 'deleteStrategy'; strategy: string }
  | { do: 'influence'; influence: Influence }
  | { do: 'uninfluence'; from: string; to: string }
  | { do: 'addTarget'; target: Target; objective?: string | undefined } // without one: of the tree itself
  | { do: 'editTarget'; target: TargetSpot; patch: TargetPatch }
  | { do: 'moveTarget'; target: TargetSpot; objective: string | undefined }
  | { do: 'deleteTarget'; target: TargetSpot }
  | { do: 'part'; target: TargetSpot; part: Part }
  | { do: 'unpart'; target: TargetSpot; of: string } // of: the part's key
  | { do: 'unpartAll'; of: string } // what all targets ask of a metric
  | { do: 'succeed'; star: Star }
  | { do: 'life'; star: string; since: string | undefined; lifeCycle: LifeCycle | undefined }
  | { do: 'checklist'; star: string; since: string | undefined; question: Question; sentence: LocalizedText | undefined }
  | { do: 'place'; metric: string; at: { x: number; y: number } | null }; // null: where the layout puts it

/**
 * The tree after the operation; the very same tree where it changes nothing. Null when
 * what it acts on is not there. Strategies are found by their id in all objectives.
 */
export function apply(tree: TreeDefinition, operation: Operation): TreeDefinition | null {
  const next = changed(tree, operation);
  return next !== null && same(next, tree) ? tree : next;
}

function changed(tree: TreeDefinition, operation: Operation): TreeDefinition | null {
  switch (operation.do) {
    case 'edit':
      return without({ ...tree, ...operation.patch });
    case 'list': {
      const { list, metric, isIn } = operation;
      return withList(tree, list, toggled(tree[list] ?? [], metric, isIn));
    }
    case 'guard':
      return { ...tree, guardrails: put(tree.guardrails, operation.guardrail, ({ metric }) => metric) };
    case 'unguard':
      return removed(tree, 'guardrails', ({ metric }) => metric === operation.metric);
    case 'value':
      return without({ ...tree, value: operation.value });
    case 'measure': {
      const { metric, isIn } = operation;
      return withStrategy(tree, operation.strategy, (strategy) => {
        const measures = strategy.measures ?? [];
        if (measures.some((one) => one.metric === metric) === isIn) return strategy;
        return { ...strategy, measures: isIn ? [...measures, { metric }] : measures.filter((one) => one.metric !== metric) };
      });
    }
    case 'role': {
      const { metric, role } = operation;
      const own = findStrategy(tree, operation.strategy)?.measures?.find((one) => one.metric === metric);
      if (!own || (own.role ?? 'kpi') === role) return own ? tree : null;
      return withStrategy(tree, operation.strategy, (strategy) => ({
        ...strategy,
        measures: (strategy.measures ?? []).map((one) => (one === own ? { metric, ...(role === 'target' && { role }) } : one)),
      }));
    }
    case 'addObjective':
      return findObjective(tree, operation.objective.id) ? null : { ...tree, objectives: [...(tree.objectives ?? []), operation.objective] };
    case 'editObjective':
      return withObjective(tree, operation.objective, (objective) => without({ ...objective, ...operation.patch }));
    case 'moveObjective': {
      const own = findObjective(tree, operation.objective);
      return own ? { ...tree, objectives: moved(tree.objectives ?? [], own, operation.to) } : null;
    }
    case 'deleteObjective': {
      // What targets asked of it goes with it.
      const left = removed(tree, 'objectives', ({ id }) => id === operation.objective);
      return left && withoutPartsOf(left, partKey({ objective: operation.objective }));
    }
    case 'addStrategy':
      if (findStrategy(tree, operation.strategy.id)) return null;
      return withObjective(tree, operation.objective, (objective) => ({ ...objective, strategies: [...(objective.strategies ?? []), operation.strategy] }));
    case 'editStrategy':
      return withStrategy(tree, operation.strategy, (strategy) => without({ ...strategy, ...operation.patch }));
    case 'moveStrategy':
      return moveStrategy(tree, operation);
    case 'deleteStrategy': {
      const home = homeOf(tree, operation.strategy);
      return home && withObjective(tree, home.id, (objective) => ({ ...objective, strategies: (objective.strategies ?? []).filter(({ id }) => id !== operation.strategy) }));
    }
    case 'influence':
      return { ...tree, influences: put(tree.influences, without(operation.influence), ({ from, to }) => `${from} ${to}`) };
    case 'uninfluence':
      return removed(tree, 'influences', ({ from, to }) => from === operation.from && to === operation.to);
    case 'addTarget':
      return withTarget(tree, without(operation.target), operation.objective);
    case 'editTarget':
      return withChanged(tree, operation.target, (target) => written<Target>(target, operation.patch));
    case 'moveTarget': {
      const { target: spot, objective } = operation;
      const target = findTarget(tree, spot);
      if (!target || spot.objective === objective) return target ? tree : null;
      const taken = withoutTarget(tree, spot);
      return taken && withTarget(taken, target, objective);
    }
    case 'deleteTarget':
      return withoutTarget(tree, operation.target);
    case 'part':
      return withChanged(tree, operation.target, (target) => withParts(target, put(target.parts, without(operation.part), partKey)));
    case 'unpart': {
      const { target: spot, of } = operation;
      if (!findTarget(tree, spot)?.parts?.some((part) => partKey(part) === of)) return null;
      return withChanged(tree, spot, (target) => withParts(target, (target.parts ?? []).filter((part) => partKey(part) !== of)));
    }
    case 'unpartAll':
      return withoutPartsOf(tree, operation.of);
    case 'succeed':
      // A star is no input of its own.
      return withList({ ...tree, stars: [...tree.stars, without(operation.star)] }, 'constellation', (tree.constellation ?? []).filter((id) => id !== operation.star.metric));
    case 'life':
      return withStar(tree, operation, (star) => without({ ...star, lifeCycle: operation.lifeCycle }));
    case 'checklist':
      return withStar(tree, operation, (star) => {
        const checklist = without({ ...star.checklist, [operation.question]: operation.sentence });
        return without({ ...star, checklist: Object.keys(checklist).length > 0 ? checklist : undefined });
      });
    case 'place': {
      const layout = Object.fromEntries(Object.entries(tree.layout ?? {}).filter(([id]) => id !== operation.metric));
      if (operation.at) layout[operation.metric] = { x: Math.round(operation.at.x), y: Math.round(operation.at.y) };
      return without({ ...tree, layout: Object.keys(layout).length > 0 ? layout : undefined });
    }
  }
}

export function findObjective(tree: TreeDefinition, id: string): Objective | undefined {
  return tree.objectives?.find((objective) => objective.id === id);
}

/** The objective that a strategy stands under. */
export function homeOf(tree: TreeDefinition, strategy: string): Objective | null {
  return tree.objectives?.find(({ strategies }) => strategies?.some(({ id }) => id === strategy)) ?? null;
}

export function findStrategy(tree: TreeDefinition, id: string): Strategy | undefined {
  return homeOf(tree, id)?.strategies?.find((strategy) => strategy.id === id);
}

/** An id for something new, of its name where that has Latin letters, that nothing in the tree has. */
export function freshId(tree: TreeDefinition, kind: 'objective' | 'strategy', name: string): string {
  const taken = new Set((tree.objectives ?? []).flatMap(({ id, strategies }) => [id, ...(strategies ?? []).map((strategy) => strategy.id)]));
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || kind;
  for (let n = 1; ; n++) {
    const id = n === 1 ? plain : `${plain}-${n}`;
    if (!taken.has(id)) return id;
  }
}

export function sameStep(a: BoundStep, b: BoundStep): boolean {
  return a.journey === b.journey && a.stage === b.stage && a.step === b.step;
}

/** Everywhere that a tree names a metric, so that it could be taken out: what is done for it, in order. */
export function takeOut(tree: TreeDefinition, metric: string): Operation[] {
  return [
    ...(['constellation', 'counters', 'outcomes', 'spend'] as const).flatMap((list): Operation[] => (tree[list]?.includes(metric) ? [{ do: 'list', metric, list, isIn: false }] : [])),
    ...(tree.guardrails?.some((one) => one.metric === metric) ? [{ do: 'unguard' as const, metric }] : []),
    ...(tree.objectives ?? []).flatMap(({ strategies }) =>
      (strategies ?? []).flatMap((strategy): Operation[] => (strategy.measures?.some((one) => one.metric === metric) ? [{ do: 'measure', strategy: strategy.id, metric, isIn: false }] : [])),
    ),
    ...targetsIn(tree).flatMap(({ spot }): Operation[] => (spot.metric === metric ? [{ do: 'deleteTarget', target: spot }] : [])),
    ...(targetsIn(tree).some(({ spot, target }) => spot.metric !== metric && target.parts?.some((part) => part.metric === metric)) ? [{ do: 'unpartAll' as const, of: metric }] : []),
    ...(tree.influences ?? []).flatMap(({ from, to }): Operation[] => (from === metric || to === metric ? [{ do: 'uninfluence', from, to }] : [])),
    ...(tree.layout?.[metric] ? [{ do: 'place' as const, metric, at: null }] : []),
  ];
}

function moveStrategy(tree: TreeDefinition, { strategy: id, objective, to }: Extract<Operation, { do: 'moveStrategy' }>): TreeDefinition | null {
  const [strategy, home] = [findStrategy(tree, id), homeOf(tree, id)];
  if (!strategy || !home || !findObjective(tree, objective)) return null;
  if (home.id === objective) return withObjective(tree, objective, (own) => ({ ...own, strategies: moved(own.strategies ?? [], strategy, to) }));
  const taken = withObjective(tree, home.id, (own) => ({ ...own, strategies: (own.strategies ?? []).filter((one) => one.id !== id) }));
  return taken && withObjective(taken, objective, (own) => ({ ...own, strategies: (own.strategies ?? []).toSpliced(to, 0, strategy) }));
}

function withObjective(tree: TreeDefinition, id: string, change: (objective: Objective) => Objective): TreeDefinition | null {
  if (!findObjective(tree, id)) return null;
  return { ...tree, objectives: (tree.objectives ?? []).map((objective) => (objective.id === id ? change(objective) : objective)) };
}

function withStrategy(tree: TreeDefinition, id: string, change: (strategy: Strategy) => Strategy): TreeDefinition | null {
  const home = homeOf(tree, id);
  return home && withObjective(tree, home.id, (objective) => ({ ...objective, strategies: (objective.strategies ?? []).map((strategy) => (strategy.id === id ? change(strategy) : strategy)) }));
}

function withStar(tree: TreeDefinition, { star, since }: { star: string; since: string | undefined }, change: (of: Star) => Star): TreeDefinition | null {
  const at = tree.stars.findIndex((one) => one.metric === star && one.since === since);
  const own = tree.stars[at];
  return own ? { ...tree, stars: tree.stars.with(at, change(own)) } : null;
}

/** A list that is empty is not written. */
function withList(tree: TreeDefinition, list: List, items: string[]): TreeDefinition {
  return without({ ...tree, [list]: items.length > 0 ? items : undefined });
}

function removed<Key extends 'guardrails' | 'objectives' | 'influences'>(tree: TreeDefinition, key: Key, is: (item: NonNullable<TreeDefinition[Key]>[number]) => boolean): TreeDefinition | null {
  const items: NonNullable<TreeDefinition[Key]>[number][] = tree[key] ?? [];
  const left = items.filter((item) => !is(item));
  if (left.length === items.length) return null;
  return without({ ...tree, [key]: left.length > 0 ? left : undefined });
}

function put<Item>(items: Item[] | undefined, item: Item, keyOf: (item: Item) => string): Item[] {
  const all = items ?? [];
  const at = all.findIndex((one) => keyOf(one) === keyOf(item));
  return at < 0 ? [...all, item] : all.with(at, item);
}

function toggled(items: string[], item: string, isIn: boolean): string[] {
  if (items.includes(item) === isIn) return items;
  return isIn ? [...items, item] : items.filter((one) => one !== item);
}

function moved<Item>(items: Item[], item: Item, to: number): Item[] {
  const left = items.filter((one) => one !== item);
  return left.toSpliced(Math.max(0, Math.min(left.length, to)), 0, item);
}

/** Something with a change of it; what the change makes nothing is not written. */
export function written<Of extends object>(of: Of, change: Partial<Of>): Of {
  return without({ ...of, ...change });
}

/** Without the keys that hold nothing. */
function without<Of extends object>(of: Of): Of {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Of;
}

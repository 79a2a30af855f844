// What is different between two versions of a journey, part by part and matched
// by id: for the person who must choose between theirs and their own.

import type { Change, Journey, Stage, Step } from '../../api/types';
import { same } from '../../drawing/same';

export interface Difference extends Change {
  /** Which part it is about: "", "stage" or "stage/step", and the field. */
  key: string;
}

type Name = (part: { id: string; name?: Journey['name'] }) => string;

/** Changes that lead from one journey to the other, in the order of the board. */
export function differences(from: Journey, to: Journey, name: Name): Difference[] {
  return [
    ...fields(from, to, ['stages'], '', []),
    ...withMovedSteps(from, to, name, parts(from.stages, to.stages, '', [], name, (before, after, key, label) => [
      ...fields(before, after, ['steps'], key, label),
      ...parts(before.steps, after.steps, `${key}/`, label, name, (old, now, stepKey, stepLabel) =>
        fields(old, now, [], stepKey, stepLabel),
      ),
    ])),
  ];
}

// A step that left one stage and came to another has moved: one change and not
// two, plus whatever else was done to it. From and to are the stages' names.
function withMovedSteps(from: Journey, to: Journey, name: Name, changes: Difference[]): Difference[] {
  const stageOf = (journey: Journey, key: string) => journey.stages.find((stage) => stage.id === key.split('/')[0]);
  const isStep = (change: Difference) => change.key.includes('/') && change.key.endsWith('#');
  const gone = changes.filter((change) => change.op === 'removed' && isStep(change));
  return changes.flatMap((change): Difference[] => {
    const twin = (op: 'added' | 'removed', among: Difference[]) => among.find((other) => other.op === op && other.path === change.path && isStep(other));
    if (change.op === 'removed' && isStep(change) && twin('added', changes)) return [];
    const left = change.op === 'added' && isStep(change) ? twin('removed', gone) : undefined;
    const [before, after] = [left && stageOf(from, left.key), stageOf(to, change.key)];
    if (!left || !before || !after) return [change];
    const key = change.key.slice(0, -1);
    return [
      { ...change, key: `${key}#place`, op: 'moved', from: name(before), to: name(after) },
      ...fields(left.from as object, change.to as object, [], key, change.label),
    ];
  });
}

/** Keys both lists change, each in its own way: where two people touched the same thing. */
export function collisions(mine: Difference[], theirs: Difference[]): Set<string> {
  return new Set(
    mine
      .filter((own) => theirs.some((other) => touches(own, other) && !(own.key === other.key && same(own.to, other.to))))
      .map((own) => own.key),
  );
}

function touches(a: Difference, b: Difference): boolean {
  if (a.key === b.key) return true;
  // Removing a part collides with whatever was done inside it.
  return (a.op === 'removed' && b.key.startsWith(partOf(a.key))) || (b.op === 'removed' && a.key.startsWith(partOf(b.key)));
}

function partOf(key: string): string {
  return key.replace(/#.*$/, '');
}

function parts<P extends Stage | Step>(
  from: P[],
  to: P[],
  prefix: string,
  label: string[],
  name: Name,
  inside: (before: P, after: P, key: string, label: string[]) => Difference[],
): Difference[] {
  const kept = to.filter((part) => from.some((old) => old.id === part.id)).map((part) => part.id);
  const was = from.filter((part) => kept.includes(part.id)).map((part) => part.id);
  const moved = new Set(movedIds(was, kept));
  const changes: Difference[] = [];
  for (const old of from) {
    if (kept.includes(old.id)) continue;
    changes.push({ key: `${prefix}${old.id}#`, path: old.id, label: [...label, name(old)], op: 'removed', from: old });
  }
  to.forEach((part, place) => {
    const key = `${prefix}${part.id}`;
    const path = [...label, name(part)];
    const before = from.findIndex((old) => old.id === part.id);
    const old = from[before];
    if (!old) {
      changes.push({ key: `${key}#`, path: part.id, label: path, op: 'added', to: part });
      return;
    }
    if (moved.has(part.id)) {
      changes.push({ key: `${key}#place`, path: part.id, label: path, op: 'moved', from: before + 1, to: place + 1 });
    }
    changes.push(...inside(old, part, key, path));
  });
  return changes;
}

/** The fewest ids that must move to turn one order into the other: all outside a longest common subsequence. */
function movedIds(from: string[], to: string[]): string[] {
  const places = to.map((id) => from.indexOf(id));
  // ending[i] is the longest increasing run of places that ends with i.
  const ending: number[][] = [];
  places.forEach((place, i) => {
    const best = ending.filter((run) => (places[run.at(-1) ?? 0] ?? 0) < place).reduce<number[]>(longer, []);
    ending.push([...best, i]);
  });
  const still = new Set(ending.reduce<number[]>(longer, []));
  return to.filter((_, i) => !still.has(i));
}

function longer(a: number[], b: number[]): number[] {
  return b.length > a.length ? b : a;
}

function fields(from: object, to: object, except: string[], key: string, label: string[]): Difference[] {
  const before = from as Record<string, unknown>;
  const after = to as Record<string, unknown>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !except.includes(field));
  return names
    .filter((field) => !same(before[field], after[field]))
    .map((field) => ({
      key: `${key}#${field}`,
      path: field,
      label: [...label, field],
      op: before[field] === undefined ? 'added' : after[field] === undefined ? 'removed' : 'changed',
      from: before[field],
      to: after[field],
    }));
}

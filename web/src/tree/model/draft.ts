// A tree while it is being drawn: the saved revision it started from, and the person's
// own operations on top of it. Undo takes back one's own; a newer revision can be put
// underneath without losing what was drawn.
import { same } from '../../board/model/operation';
import type { TreeDefinition } from './definition';
import { apply, type Operation } from './operation';

export interface Draft {
  readonly version: number; // of the revision below
  readonly base: TreeDefinition; // that revision's body
  readonly tree: TreeDefinition; // base with all of `done`
  readonly done: readonly Done[];
  readonly undone: readonly Operation[][]; // the next to redo is last
}

/** What was done in one go, and is undone in one. */
interface Done {
  readonly operations: Operation[];
  readonly before: TreeDefinition;
}

export function startDraft(base: TreeDefinition, version: number): Draft {
  return { version, base, tree: base, done: [], undone: [] };
}

/** The draft after some more; the same draft if that changes nothing, or one of them cannot be done. */
export function perform(draft: Draft, operations: Operation[]): Draft {
  const tree = operations.reduce<TreeDefinition | null>((now, operation) => now && apply(now, operation), draft.tree);
  if (!tree || tree === draft.tree) return draft;
  return { ...draft, tree, done: [...draft.done, { operations, before: draft.tree }], undone: [] };
}

export function undo(draft: Draft): Draft {
  const last = draft.done.at(-1);
  if (!last) return draft;
  return { ...draft, tree: last.before, done: draft.done.slice(0, -1), undone: [...draft.undone, last.operations] };
}

export function redo(draft: Draft): Draft {
  const next = draft.undone.at(-1);
  if (!next) return draft;
  return { ...perform(draft, next), undone: draft.undone.slice(0, -1) };
}

/** Whether there is anything to save; drawing something and taking it back is not. */
export function isDirty(draft: Draft): boolean {
  return draft.done.length > 0 && !same(draft.tree, draft.base);
}

export interface Rebased {
  draft: Draft;
  lost: Operation[]; // those that the other revision has no place for
}

/** Puts a newer revision under the draft: one's own operations are done again on top of it. */
export function rebase(draft: Draft, theirs: TreeDefinition, version: number): Rebased {
  const lost: Operation[] = [];
  let next = startDraft(theirs, version);
  for (const { operations } of draft.done) {
    const possible: Operation[] = [];
    let tree = next.tree;
    for (const operation of operations) {
      const after = apply(tree, operation);
      if (after === null) lost.push(operation);
      else [tree] = [after, possible.push(operation)];
    }
    next = perform(next, possible);
  }
  return { draft: next, lost };
}

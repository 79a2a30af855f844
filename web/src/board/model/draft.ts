// A journey while it is being drawn: the saved revision it started from, and
// the person's own operations on top of it. Undo takes back one's own; a newer
// revision can be put underneath without losing what was drawn.

import type { Journey } from '../../api/types';
import { apply, same, type Operation } from './operation';

export interface Draft {
  readonly version: number; // of the revision below
  readonly base: Journey; // that revision's body
  readonly journey: Journey; // base with all of `done`
  readonly done: readonly Done[];
  readonly undone: readonly Operation[]; // the next one to redo is last
}

interface Done {
  readonly operation: Operation;
  readonly before: Journey;
}

export function startDraft(base: Journey, version: number): Draft {
  return { version, base, journey: base, done: [], undone: [] };
}

/** The draft after one more operation; the same draft if that changes nothing. */
export function perform(draft: Draft, operation: Operation): Draft {
  const journey = apply(draft.journey, operation);
  if (!journey || journey === draft.journey) return draft;
  return { ...draft, journey, done: [...draft.done, { operation, before: draft.journey }], undone: [] };
}

export function undo(draft: Draft): Draft {
  const last = draft.done.at(-1);
  if (!last) return draft;
  return { ...draft, journey: last.before, done: draft.done.slice(0, -1), undone: [...draft.undone, last.operation] };
}

export function redo(draft: Draft): Draft {
  const next = draft.undone.at(-1);
  if (!next) return draft;
  const again = perform(draft, next);
  return { ...again, undone: draft.undone.slice(0, -1) };
}

/** Whether there is anything to save (a saved draft starts anew from its revision); drawing something and taking it back is not. */
export function isDirty(draft: Draft): boolean {
  return draft.done.length > 0 && !same(draft.journey, draft.base);
}

export interface Rebased {
  draft: Draft;
  lost: Operation[]; // those whose stage or step the other revision no longer has
}

/** Puts a newer revision under the draft: one's own operations are done again on top of it. */
export function rebase(draft: Draft, theirs: Journey, version: number): Rebased {
  const lost: Operation[] = [];
  let next = startDraft(theirs, version);
  for (const { operation } of draft.done) {
    if (apply(next.journey, operation) === null) lost.push(operation);
    else next = perform(next, operation);
  }
  return { draft: next, lost };
}

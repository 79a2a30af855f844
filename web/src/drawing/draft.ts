// A definition while it is being drawn: the saved revision it started from, and the
// person's own operations on top of it. Undo takes back one's own; a newer revision can be
// put underneath without losing what was drawn.
import { same } from './same';

export interface Draft<Body, Operation> {
  readonly version: number; // of the revision below
  readonly base: Body; // that revision's body
  readonly body: Body; // base with all of `done`
  readonly done: readonly Done<Body, Operation>[];
  readonly undone: readonly (readonly Operation[])[]; // the next to redo is last
}

/** What was done in one go, and is undone in one. */
interface Done<Body, Operation> {
  readonly operations: readonly Operation[];
  readonly before: Body;
}

export interface Rebased<Body, Operation> {
  draft: Draft<Body, Operation>;
  lost: Operation[]; // those that the other revision has no place for
}

export interface Drafts<Body, Operation> {
  start: (base: Body, version: number) => Draft<Body, Operation>;
  /** The draft after some more; the same draft if that changes nothing, or one of them cannot be done. */
  perform: (draft: Draft<Body, Operation>, operations: readonly Operation[]) => Draft<Body, Operation>;
  undo: (draft: Draft<Body, Operation>) => Draft<Body, Operation>;
  redo: (draft: Draft<Body, Operation>) => Draft<Body, Operation>;
  /** Whether there is anything to save (a saved draft starts anew from its revision); drawing something and taking it back is not. */
  isDirty: (draft: Draft<Body, Operation>) => boolean;
  /** Puts a newer revision under the draft: one's own operations are done again on top of it. */
  rebase: (draft: Draft<Body, Operation>, theirs: Body, version: number) => Rebased<Body, Operation>;
}

/**
 * Drafts of one kind of definition. apply gives the body after an operation, the very same
 * body where that changes nothing, and null where what it acts on is not there.
 */
export function draftsBy<Body, Operation>(apply: (body: Body, operation: Operation) => Body | null): Drafts<Body, Operation> {
  type OneDraft = Draft<Body, Operation>;

  const start = (base: Body, version: number): OneDraft => ({ version, base, body: base, done: [], undone: [] });

  const perform = (draft: OneDraft, operations: readonly Operation[]): OneDraft => {
    const body = operations.reduce<Body | null>((now, operation) => now && apply(now, operation), draft.body);
    if (body === null || body === draft.body) return draft;
    return { ...draft, body, done: [...draft.done, { operations, before: draft.body }], undone: [] };
  };

  const undo = (draft: OneDraft): OneDraft => {
    const last = draft.done.at(-1);
    if (!last) return draft;
    return { ...draft, body: last.before, done: draft.done.slice(0, -1), undone: [...draft.undone, last.operations] };
  };

  const redo = (draft: OneDraft): OneDraft => {
    const next = draft.undone.at(-1);
    if (!next) return draft;
    return { ...perform(draft, next), undone: draft.undone.slice(0, -1) };
  };

  const isDirty = (draft: OneDraft): boolean => draft.done.length > 0 && !same(draft.body, draft.base);

  const rebase = (draft: OneDraft, theirs: Body, version: number): Rebased<Body, Operation> => {
    const lost: Operation[] = [];
    let next = start(theirs, version);
    for (const { operations } of draft.done) {
      const possible: Operation[] = [];
      let body = next.body;
      for (const operation of operations) {
        const after = apply(body, operation);
        if (after === null) {
          lost.push(operation);
        } else {
          body = after;
          possible.push(operation);
        }
      }
      next = perform(next, possible);
    }
    return { draft: next, lost };
  };

  return { start, perform, undo, redo, isDirty, rebase };
}

// The hand that draws: operations, undo and redo.
import { useEffect, useMemo, useState } from 'react';
import type { Revision } from '../api/types';
import type { Draft, Drafts } from './draft';

export interface Drawing<Body, Operation> {
  draft: Draft<Body, Operation>;
  dirty: boolean;
  /** Does them in one go; undone in one. */
  perform: (...operations: Operation[]) => void;
  undo: () => void;
  redo: () => void;
  /** Throws the draft away and starts from a revision. */
  start: (revision: Revision<Body>) => void;
  /** Puts a newer revision under the draft. */
  rebase: (revision: Revision<Body>) => void;
}

/**
 * A revision that arrives while nothing is drawn is simply shown; with work on the
 * table it waits until saving, where the two versions meet.
 */
export function useDrawing<Body, Operation>(drafts: Drafts<Body, Operation>, revision: Revision<Body>): Drawing<Body, Operation> {
  const [draft, set] = useState(() => drafts.start(revision.body, revision.version));
  const hand = useMemo(
    () => ({
      perform: (...operations: Operation[]) => set((now) => drafts.perform(now, operations)),
      undo: () => set(drafts.undo),
      redo: () => set(drafts.redo),
      start: ({ body, version }: Revision<Body>) => set(drafts.start(body, version)),
      rebase: ({ body, version }: Revision<Body>) => set((now) => drafts.rebase(now, body, version).draft),
    }),
    [drafts],
  );
  const dirty = drafts.isDirty(draft);
  useEffect(() => {
    if (!dirty && revision.version > draft.version) hand.start(revision);
  }, [dirty, revision, draft.version, hand]);
  return { draft, dirty, ...hand };
}

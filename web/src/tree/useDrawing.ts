// The hand that draws a tree: operations, undo and redo.
import { useCallback, useEffect, useMemo, useReducer } from 'react';
import type { Revision } from '../api/types';
import type { TreeDefinition } from './model/definition';
import { isDirty, perform, rebase, redo, startDraft, undo, type Draft } from './model/draft';
import type { Operation } from './model/operation';

type Act =
  | { act: 'perform'; operations: Operation[] }
  | { act: 'undo' }
  | { act: 'redo' }
  | { act: 'start' | 'rebase'; revision: Revision<TreeDefinition> };

function reduce(draft: Draft, action: Act): Draft {
  switch (action.act) {
    case 'perform':
      return perform(draft, action.operations);
    case 'undo':
      return undo(draft);
    case 'redo':
      return redo(draft);
    case 'start':
      return startDraft(action.revision.body, action.revision.version);
    case 'rebase':
      return rebase(draft, action.revision.body, action.revision.version).draft;
  }
}

export interface Drawing {
  draft: Draft;
  dirty: boolean;
  /** Does them in one go; undone in one. */
  perform: (...operations: Operation[]) => void;
  undo: () => void;
  redo: () => void;
  /** Throws the draft away and starts from a revision. */
  start: (revision: Revision<TreeDefinition>) => void;
  /** Puts a newer revision under the draft. */
  rebase: (revision: Revision<TreeDefinition>) => void;
}

/**
 * A revision that arrives while nothing is drawn is simply shown; with work on the
 * table it waits until saving, where the two versions meet.
 */
export function useDrawing(revision: Revision<TreeDefinition>): Drawing {
  const [draft, act] = useReducer(reduce, revision, (first) => startDraft(first.body, first.version));
  const dirty = isDirty(draft);
  useEffect(() => {
    if (!dirty && revision.version > draft.version) act({ act: 'start', revision });
  }, [dirty, revision, draft.version]);
  const hand = useMemo(
    () => ({
      perform: (...operations: Operation[]) => act({ act: 'perform', operations }),
      undo: () => act({ act: 'undo' }),
      redo: () => act({ act: 'redo' }),
    }),
    [],
  );
  const start = useCallback((from: Revision<TreeDefinition>) => act({ act: 'start', revision: from }), []);
  const onto = useCallback((under: Revision<TreeDefinition>) => act({ act: 'rebase', revision: under }), []);
  return { draft, dirty, ...hand, start, rebase: onto };
}

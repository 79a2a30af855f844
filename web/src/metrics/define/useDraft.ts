// The draft of a metric: what was written so far, on top of the version it began from.
import { useCallback, useEffect, useMemo, useReducer } from 'react';
import type { Metric } from '../../api/metric';
import type { Revision } from '../../api/types';
import { same } from '../../drawing/same';
import type { Measure } from '../model';
import { rebased } from './model/changes';
import { at, blank, put, type Path } from './model/definition';
import { turned, type Kept } from './model/measures';
import { store, stored } from './model/stored';

export interface Draft {
  /** The version it began from, 0 for a new metric, and that version's body. */
  version: number;
  base: Metric;
  metric: Metric;
  kept: Kept;
  /** Raised when it begins anew or from another version: what fields remember of their own is void then. */
  seed: number;
  /** It was begun earlier, in this tab, and taken up again. */
  resumed: boolean;
}

type Act =
  | { act: 'put'; path: Path; value: unknown; usual: unknown }
  | { act: 'turn'; to: Measure; currency: string }
  | { act: 'replace'; metric: Metric }
  | { act: 'start'; version: number; base: Metric }
  | { act: 'rebase'; version: number; theirs: Metric };

function reduce(draft: Draft, action: Act): Draft {
  switch (action.act) {
    case 'put': {
      const { path, value, usual } = action;
      // A value that is the usual one and was never written down stays unwritten.
      const unwritten = usual !== undefined && same(value, usual) && at(draft.base, path) === undefined;
      return { ...draft, metric: put(draft.metric, path, unwritten ? undefined : value) };
    }
    case 'turn':
      return { ...draft, ...turned(draft.metric, action.to, draft.kept, action.currency) };
    case 'replace':
      return { ...draft, metric: action.metric, kept: {} };
    case 'start':
      return begun(action.version, action.base, draft.seed + 1);
    case 'rebase':
      return { ...begun(action.version, action.theirs, draft.seed + 1), metric: rebased(draft.base, draft.metric, action.theirs).metric };
  }
}

const begun = (version: number, base: Metric, seed = 0): Draft => ({ version, base, metric: base, kept: {}, seed, resumed: false });

function resumedOr(revision: Revision<Metric> | null): Draft {
  const fresh = revision ? begun(revision.version, revision.body) : begun(0, blank());
  const before = stored(revision?.id ?? null);
  return before ? { ...fresh, ...before, resumed: true } : fresh;
}

export interface Drafting {
  draft: Draft;
  dirty: boolean;
  put: (path: Path, value: unknown, usual?: unknown) => void;
  turn: (to: Measure, currency: string) => void;
  /** Another whole definition, as somebody writes it: nothing else on the screen may hold a part of it. */
  replace: (metric: Metric) => void;
  /** Throws the draft away and begins from a version; without one, from where it began. */
  start: (revision?: Revision<Metric>) => void;
  /** Puts a newer version underneath. */
  rebase: (theirs: Revision<Metric>) => void;
}

/** revision: the one that is edited; null for a new metric. Only the first one counts. */
export function useDraft(revision: Revision<Metric> | null): Drafting {
  const [draft, act] = useReducer(reduce, revision, resumedOr);
  const { version, base, metric } = draft;
  const id = revision?.id ?? null;
  const dirty = useMemo(() => !same(base, metric), [base, metric]);
  useEffect(() => store(id, dirty ? { version, base, metric } : null), [id, dirty, version, base, metric]);
  return {
    draft,
    dirty,
    put: useCallback((path, value, usual) => act({ act: 'put', path, value, usual }), []),
    turn: useCallback((to, currency) => act({ act: 'turn', to, currency }), []),
    replace: useCallback((next) => act({ act: 'replace', metric: next }), []),
    start: (from) => act({ act: 'start', version: from?.version ?? version, base: from?.body ?? base }),
    rebase: (theirs) => act({ act: 'rebase', version: theirs.version, theirs: theirs.body }),
  };
}

// Saving what was drawn. Where somebody saved in the meantime, the two versions meet and
// the person decides; until then nothing is written and nothing is lost.
import { useState } from 'react';
import { api, overtakenBy, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import type { Drawing } from './useDrawing';

export interface Saving<Body> {
  /** Writes the draft; null: it was overtaken. */
  write: (reason: string) => Promise<Revision<Body> | null>;
  /** What was saved in the meantime, for ui/OvertakenModal; null: nothing was. */
  overtaken: Overtaken<Body> | null;
}

export interface Overtaken<Body> {
  theirs: Revision<Body>;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

export function useSaving<Body extends { kind: string; id: string }, Operation>(
  { draft, start, rebase }: Drawing<Body, Operation>,
  onSaved: (revision: Revision<Body>) => void,
): Saving<Body> {
  const [theirs, setTheirs] = useState<Revision<Body> | null>(null);
  const write = async (reason: string) => {
    try {
      const next = await api.put<Revision<Body>>(`/definitions${pathOf(draft.body.kind, draft.body.id)}`, { body: draft.body, reason }, { ifMatch: draft.version });
      start(next);
      onSaved(next);
      return next;
    } catch (error) {
      const current = overtakenBy<Body>(error);
      if (!current) throw error;
      setTheirs(current);
      return null;
    }
  };
  if (!theirs) return { write, overtaken: null };
  const take = (how: typeof start) => () => {
    how(theirs);
    onSaved(theirs);
    setTheirs(null);
  };
  return { write, overtaken: { theirs, onMine: take(rebase), onTheirs: take(start), onClose: () => setTheirs(null) } };
}

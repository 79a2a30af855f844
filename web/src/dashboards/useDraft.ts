import { useState } from 'react';

interface History<T> {
  past: T[];
  now: T;
  future: T[];
}

export interface Draft<T> {
  now: T;
  change: (next: T) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** Begins anew from what is stored now. */
  reset: (to: T) => void;
}

/** What is being edited, with the way back. */
export function useDraft<T>(stored: T): Draft<T> {
  const [{ past, now, future }, set] = useState<History<T>>({ past: [], now: stored, future: [] });
  return {
    now,
    change: (next) => set((at) => ({ past: [...at.past, at.now], now: next, future: [] })),
    undo: () =>
      set((at) => {
        const before = at.past.at(-1);
        return before === undefined ? at : { past: at.past.slice(0, -1), now: before, future: [at.now, ...at.future] };
      }),
    redo: () =>
      set((at) => {
        const [next, ...rest] = at.future;
        return next === undefined ? at : { past: [...at.past, at.now], now: next, future: rest };
      }),
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    reset: (to) => set({ past: [], now: to, future: [] }),
  };
}

// What every part of the board shares, in two halves that change at different
// times: the sheet, which changes when somebody draws or looks elsewhere, and the
// numbers, which follow the pointer. A part that takes only the half it shows is
// not drawn again for the other.
import { createContext, useContext } from 'react';
import type { Answer, Journey, LocalizedText, MeasureRequest, PathsRequest, Revision, StepAnswer } from '../api/types';
import type { Chosen } from './flow/graph';
import type { Address } from './model/address';
import type { Draft } from './model/draft';
import { changeSince, figuresAt, stageBefore, standingOf, type ChangeSince } from './model/figures';
import type { Leak } from './model/leak';
import type { Operation, Spot } from './model/operation';

export type Dialog =
  | { kind: 'bind'; spot: Required<Spot> }
  | { kind: 'save' }
  | { kind: 'approve' }
  | { kind: 'journey' } // the counting rules of the whole journey
  | { kind: 'find' }
  | { kind: 'customers'; stage: string; step?: string; state: 'reached' | 'pending' | 'left' | 'excluded' }
  | { kind: 'walkers'; question: PathsRequest; chosen: Chosen; title: string }
  | { kind: 'formula'; spot: Spot };

/** What is drawn, what of it is looked at, and the ways to change both. */
export interface Sheet {
  revision: Revision<Journey>;
  draft: Draft;
  journey: Journey;
  editing: boolean;
  mayEdit: boolean;
  dirty: boolean;
  perform: (operation: Operation | null) => void;
  undo: () => void;
  redo: () => void;

  address: Address;
  go: (change: Partial<Address>) => void;
  select: (spot: Spot | undefined) => void;

  folded: (stage: string) => boolean;
  toggleFold: (stage: string) => void;
  renaming: Spot | undefined;
  rename: (spot: Spot | undefined) => void;

  open: (dialog: Dialog) => void;
  announce: (text: string) => void;
  /** What an operation does to the drawing, in words. */
  say: (operation: Operation) => string;
  /** A name as the reader's language has it; the id where there is none. */
  nameOf: (part: { id: string; name?: LocalizedText }) => string;
}

/** The numbers of what is drawn; while a part of it is held over a place, those it would have if it were let go there. */
export interface Numbers {
  /** The question they answer; before the first answer, the one that is asked. Null when there is nothing to measure. */
  question: MeasureRequest | null;
  answer: Answer | undefined;
  before: Answer | undefined; // of the period before, of the same drawing
  comparing: boolean;
  late: boolean;
  loading: boolean;
  error: Error | null;
  retry: () => void;
  leak: Leak | null;
  /** The one currency the board speaks in, of value and of cost. */
  currency: { value: string | null; cost: string | null };
  today: string; // in the workspace's zone, of the answer's as-of
}

export type Board = Sheet & Numbers;

export const SheetContext = createContext<Sheet | null>(null);
export const NumbersContext = createContext<Numbers | null>(null);

export function useSheet(): Sheet {
  const sheet = useContext(SheetContext);
  if (!sheet) throw new Error('useSheet outside a board');
  return sheet;
}

export function useNumbers(): Numbers {
  const numbers = useContext(NumbersContext);
  if (!numbers) throw new Error('useNumbers outside a board');
  return numbers;
}

export function useBoard(): Board {
  return { ...useSheet(), ...useNumbers() };
}

/** The numbers of one stage or step. */
export interface Figures {
  /** Where it stands in the answer, which is not where it is drawn while it is held elsewhere. */
  at: Spot;
  now: StepAnswer | undefined;
  change: ChangeSince | null; // null also where there is nothing to compare with
  first: boolean; // there is no stage before it
  hot: boolean; // the worst leak is before it
}

export function useFigures(spot: Spot): Figures {
  const { journey } = useSheet();
  const { answer, before, comparing, leak } = useNumbers();
  const at = standingOf(journey, answer, spot);
  const now = figuresAt(answer, at);
  return {
    at,
    now,
    change: comparing ? changeSince(now, figuresAt(before, standingOf(journey, before, spot))) : null,
    first: stageBefore(journey, at.stage, answer) === null,
    hot: leak?.to.id === at.stage,
  };
}

// What every part of the board shares: the drawing, its numbers, the selection,
// and the ways to change them.
import { createContext, useContext } from 'react';
import type { Answer, Journey, LocalizedText, MeasureRequest, PathsRequest, Revision } from '../api/types';
import type { Chosen } from './flow/graph';
import type { Address } from './model/address';
import type { Draft } from './model/draft';
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

export interface Board {
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
  today: string; // in the workspace's zone, of the answer's as-of

  question: MeasureRequest | null;
  answer: Answer | undefined;
  before: Answer | undefined;
  comparing: boolean;
  late: boolean;
  leak: Leak | null;

  folded: (stage: string) => boolean;
  toggleFold: (stage: string) => void;
  renaming: Spot | undefined;
  rename: (spot: Spot | undefined) => void;

  open: (dialog: Dialog) => void;
  announce: (text: string) => void;
  /** A name as the reader's language has it; the id where there is none. */
  nameOf: (part: { id: string; name?: LocalizedText }) => string;
}

export const BoardContext = createContext<Board | null>(null);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) throw new Error('useBoard outside a board');
  return board;
}

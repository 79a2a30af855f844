// What every field of the editor needs: the draft, how to change it, and what is
// wrong where.
import { createContext, useContext } from 'react';
import type { Metric } from '../../api/metric';
import type { Fault } from '../../api/types';
import type { Measure } from '../model';
import type { Path } from './model/definition';
import type { Named } from './model/formula';
import type { DraftNumbers } from './useDraftNumbers';

export interface Define {
  metric: Metric;
  isNew: boolean;
  dirty: boolean;
  /** usual: the value that need not be written down. */
  put: (path: Path, value: unknown, usual?: unknown) => void;
  turn: (to: Measure) => void;
  /** The faults that belong to a field, by its path. */
  faultsAt: (path: string) => readonly Pick<Fault, 'message' | 'line' | 'column'>[];
  numbers: DraftNumbers;
  metrics: readonly Named[];
  /** Opens the definition as text. */
  asText: () => void;
}

export const DefineContext = createContext<Define | null>(null);

export function useDefine(): Define {
  const define = useContext(DefineContext);
  if (!define) throw new Error('a field of a metric stands outside of its editor');
  return define;
}

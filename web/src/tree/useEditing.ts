// What every part of a tree needs that is drawn: the tree as it is now, what can be
// hung in it, and the hand. Null where a tree is only read.
import { createContext, useContext } from 'react';
import type { MetricSummary } from '../api/metric';
import type { TreeAnswer } from '../api/tree';
import type { TreeDefinition } from './model/definition';
import type { Fault } from './model/faults';
import type { Operation } from './model/operation';

export interface Editing {
  tree: TreeDefinition;
  base: TreeDefinition; // as it was saved
  metrics: MetricSummary[]; // all there are
  answer: TreeAnswer | undefined; // of the tree as it is now, as far as it was measured
  faults: readonly Fault[]; // what the server has against it
  perform: (...operations: Operation[]) => void;
  /** Selects a metric, an objective or a strategy by its key of model/arrange.ts. */
  select: (key: string | undefined) => void;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing | null {
  return useContext(EditingContext);
}

// The views of a tree: each is drawn from an answer, and one more is a line here and
// one in model/address.ts. A chunk of its own each, except for the table.
import { lazy, type ComponentType } from 'react';
import type { TreeAnswer } from '../api/tree';
import type { Place } from './matrix/model';
import type { View } from './model/address';
import { TreeTable } from './table/TreeTable';

export interface ViewProps {
  answer: TreeAnswer;
  /** The key of the selected metric, objective or strategy. */
  selected: string | undefined;
  onSelect: (key: string | undefined) => void;
  /** What is wrong with a draft, by key. */
  faults: ReadonlyMap<string, string>;
  /** Asked for a measure where there is none; without it nobody is offered to. */
  onAsk?: (place: Place) => void;
}

export const drawnBy: Record<View, ComponentType<ViewProps>> = {
  tree: lazy(() => import('./canvas/Canvas')),
  table: TreeTable,
  matrix: lazy(async () => ({ default: (await import('./MatrixView')).MatrixView })),
  star: lazy(async () => ({ default: (await import('./StarView')).StarView })),
};

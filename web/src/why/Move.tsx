import type { ReactNode } from 'react';
import type { Good } from '../api/metric';
import changes from '../ui/Change.module.css';
import { goodnessOf } from './model';
import { useMove } from './useMove';

interface MoveProps {
  value: number;
  unit: string;
  good: Good;
  /** All digits, to this many decimals of the unit. */
  decimals?: number;
  /** The words of it, where a sentence has made them already. */
  children?: ReactNode;
}

/** A change in a metric's own unit: direction by its sign and arrow, goodness by a colour. */
export function Move({ value, unit, good, decimals, children }: MoveProps) {
  const move = useMove(unit);
  return (
    <span className={changes.change} data-direction={value > 0 ? 'up' : value < 0 ? 'down' : 'flat'} data-goodness={goodnessOf(value, good)}>
      {children ?? (decimals === undefined ? move.arrow(value) : move.exact(value, decimals))}
    </span>
  );
}

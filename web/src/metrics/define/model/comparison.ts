// A metric before and after a change: of the same periods, where their numbers can
// be compared at all.
import type { MetricAnswer, MetricPoint } from '../../../api/metric';
import { latestOf } from '../../model';

export interface Comparison {
  /** The newest settled period after the change, with the same one before it; null where there is none. */
  latest: { before: MetricPoint; after: MetricPoint } | null;
  /** Of the periods that both have, how many have another number now. */
  differing: number;
  periods: number;
}

/** Why two measurements cannot be compared, or how they compare. */
export function compared(before: MetricAnswer, after: MetricAnswer): Comparison | 'grain' | 'unit' {
  if (before.grain !== after.grain) return 'grain';
  if (before.unit !== after.unit) return 'unit';
  const earlier = new Map(before.periods.map((point) => [point.from, point]));
  const shared = after.periods.filter(({ from }) => earlier.has(from));
  const settled = latestOf(shared)?.point;
  const was = settled && earlier.get(settled.from);
  return {
    latest: settled && was ? { before: was, after: settled } : null,
    differing: shared.filter((point) => !equal(point.value, earlier.get(point.from)?.value ?? null)).length,
    periods: shared.length,
  };
}

/** Sums of the same amounts in another order differ in their last digits. */
function equal(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

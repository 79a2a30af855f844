// What a metric's page is: its address, its question, and what stands out in a
// series of periods.
import type { Good, Grain, Metric, MetricPoint, MetricRequest } from '../api/metric';
import type { Revision } from '../api/types';
import { parseScope, searchOfScope, type Scope } from '../board/model/scope';

export const grains: Grain[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];

/** What the page shows, as its URL says it. */
export interface Address extends Scope {
  grain?: Grain; // absent: the definition's
  from?: string; // a day in the first period; absent: the usual number of periods
  by?: string; // a where key
  at?: number; // the period whose customers are listed
}

export type Search = Record<string, string | undefined>;

/** Reads an address; what cannot be understood is left out and never breaks the page. */
export function parseAddress({ grain, from, by, at, ...search }: Search): Address {
  const known = grains.find((one) => one === grain);
  return {
    ...(known && { grain: known }),
    ...(from && /^\d{4}-\d{2}-\d{2}$/.test(from) && { from }),
    ...(by && { by }),
    ...parseScope(search),
    ...(at && /^\d{1,4}$/.test(at) && { at: Number(at) }),
  };
}

export function searchOf({ grain, from, by, at, ...scope }: Address): Search {
  return { grain, from, by, ...searchOfScope(scope), at: at === undefined ? undefined : String(at) };
}

/** The question of the page: the stored revision, by its id, so that the answer names it. */
export function questionOf(revision: Revision<Metric>, { grain, from, by, asOf, segment }: Address): MetricRequest {
  return { metricId: revision.id, version: revision.version, ...(grain && { grain }), ...(from && { from }), ...(by && { breakdown: [by] }), ...(asOf && { asOf }), ...(segment && { segment }) };
}

/** A period that is over, with the one before it. */
export interface Latest {
  at: number;
  point: MetricPoint;
  before: MetricPoint | undefined;
}

/** The newest period that will not change any more and is known. */
export function latestOf(points: MetricPoint[]): Latest | null {
  for (let at = points.length - 1; at >= 0; at--) {
    const point = points[at];
    if (point && !point.partial && point.value !== null) return { at, point, before: points[at - 1] };
  }
  return null;
}

/** How a value moved: of shares in points, of other numbers relative to the one before; null where that is not known. */
export function moveOf({ point, before }: Latest, unit: string): { value: number; unit: 'points' | 'percent' } | null {
  if (point.value === null || before === undefined || before.value === null) return null;
  if (unit === '') return { value: point.value - before.value, unit: 'points' };
  return before.value === 0 ? null : { value: (point.value - before.value) / Math.abs(before.value), unit: 'percent' };
}

/** Whether it is good that a metric moves so: a direction, or none. */
export function goodness(good: Good): 'up' | 'down' | null {
  return good === 'neither' ? null : good;
}

/** Below this n a number is small and does not stand out. */
export const smallN = 30;

/** The ticks of an axis of seconds: whole days, hours or minutes, about five of them. */
export function secondsAxis(points: MetricPoint[]): { min: number; max: number; interval: number } | null {
  const known = points.flatMap(({ value, low, high }) => [value, low, high].filter((each) => each !== null));
  if (known.length === 0) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const unit = [86_400, 3600, 60, 1].find((each) => high >= 2 * each) ?? 1;
  const least = Math.max(1, (high - low) / unit / 5);
  const power = 10 ** Math.floor(Math.log10(least));
  const interval = (([1, 2, 5].find((each) => each * power >= least) ?? 10) * power) * unit;
  return { min: Math.floor(low / interval) * interval, max: Math.ceil(high / interval) * interval, interval };
}

/** The mean of the known periods before one, of those that are over, from 100 on a whole number; null of fewer than four. */
export function usualOf(points: MetricPoint[], at: number): number | null {
  const known = points.slice(0, at).flatMap(({ value, partial }) => (value === null || partial ? [] : [value]));
  if (known.length < 4) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.abs(mean) < 100 ? mean : Math.round(mean);
}

/** The measures of a definition, of which it has one. */
export const measures = ['count', 'customers', 'active', 'sum', 'average', 'quantile', 'rate', 'conversion', 'time', 'retention', 'formula'] as const;
export type Measure = (typeof measures)[number];

export function measureOf(metric: Metric): Measure | null {
  return measures.find((measure) => metric[measure] !== undefined) ?? null;
}

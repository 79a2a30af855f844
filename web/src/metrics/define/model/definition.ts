// A definition while it is being written. The draft is the definition itself:
// fields of the form read from it and put back into it, so that whatever the form
// does not show stays as it was written. "" is what has not been chosen yet.
import type { Metric } from '../../../api/metric';
import { same } from '../../../drawing/same';

export type Path = readonly string[];

/** The fields in the order in which people write them. */
const order = [
  'kind', 'id', 'name', 'meaning', 'unit', 'good', 'owner', 'level', 'grain', 'weekStart', 'subject', 'segment', 'cumulative',
  'count', 'customers', 'active', 'sum', 'average', 'quantile', 'rate', 'conversion', 'time', 'retention', 'formula', 'soWhat',
];

export function blank(): Metric {
  return { kind: 'Metric', id: '' };
}

/** The value at a path; undefined where there is none. */
export function at(metric: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), metric);
}

/** The definition with another value at a path. undefined takes it out, and with it a part that nothing is left of. */
export function put(metric: Metric, path: Path, value: unknown): Metric {
  const next = putInto(metric, path, value) as Metric;
  return Object.keys(next).every((key) => key in metric) ? next : inOrder(next);
}

function putInto(part: Record<string, unknown>, [key, ...rest]: Path, value: unknown): Record<string, unknown> {
  if (key === undefined) return part;
  const before = part[key];
  const after = rest.length === 0 ? value : emptied(putInto(isRecord(before) ? before : {}, rest, value));
  if (same(before, after)) return part;
  const next = { ...part, [key]: after };
  if (after === undefined) delete next[key];
  return next;
}

const emptied = (part: Record<string, unknown>) => (Object.keys(part).length === 0 ? undefined : part);

/** Known fields in their usual order, the others behind them as they stood. */
function inOrder(metric: Metric): Metric {
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(Object.entries(metric).toSorted(([a], [b]) => place(a) - place(b))) as Metric;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// What is measured, and how one way of measuring turns into another: what both
// have stays, and what was there before comes back when one turns back.
import type { Metric } from '../../../api/metric';
import { measureOf, measures, type Measure } from '../../model';
import { isRecord, put } from './definition';
import { patternsIn, withPatterns, type Events } from './events';

/** The bodies of measures that were turned away from. */
export type Kept = Partial<Record<Measure, unknown>>;

const ofEvents: readonly Measure[] = ['count', 'customers', 'active', 'sum', 'average', 'quantile'];
export const ofAmounts: readonly Measure[] = ['sum', 'average', 'quantile'];
const addsUp: readonly Measure[] = ['count', 'customers', 'sum'];

export const isOfEvents = (measure: Measure) => ofEvents.includes(measure);
/** Whether a measure can be counted from the beginning of the history. */
export const canAddUp = (measure: Measure | null) => measure !== null && addsUp.includes(measure);

/** The metric measured in another way. currency: the one to begin with where money is summed. */
export function turned(metric: Metric, to: Measure, kept: Kept, currency = ''): { metric: Metric; kept: Kept } {
  const from = measureOf(metric);
  if (from === to) return { metric, kept };
  const body = kept[to] ?? fresh(to, from && metric[from], from, currency);
  let next = measures.reduce((rest, measure) => put(rest, [measure], undefined), metric);
  next = put(next, [to], body);
  if (!canAddUp(to)) next = put(next, ['cumulative'], undefined);
  return { metric: next, kept: from ? { ...kept, [from]: metric[from] } : kept };
}

function fresh(to: Measure, before: unknown, from: Measure | null, currency: string): unknown {
  const was = isRecord(before) ? before : {};
  const events = eventsOf(was, from);
  const amounts = { ...events, of: was.of ?? 'value', ...(typeof was.of === 'string' ? was.currency !== undefined && { currency: was.currency } : { currency }) };
  const stages = { journey: was.journey ?? '', ...(was.from !== undefined && { from: was.from }), to: was.to ?? '' };
  const each = was.per !== undefined && { per: was.per };
  switch (to) {
    case 'count':
      return events;
    case 'customers':
      return { ...events, ...(was.atLeast !== undefined && { atLeast: was.atLeast }) };
    case 'active':
      return { ...events, window: '28d', ...(was.atLeast !== undefined && { atLeast: was.atLeast }) };
    case 'sum':
      return from === 'rate' ? { ...events, of: 'value', currency } : amounts;
    case 'average':
    case 'quantile':
      return from === 'rate' ? { ...events, of: 'value', currency } : { ...amounts, ...each };
    case 'rate':
      return { of: { event: '' }, from: events };
    case 'conversion':
    case 'time':
      return from === 'conversion' || from === 'time' ? stages : { journey: '', to: '' };
    case 'retention':
      return { table: '', interval: 1 };
    case 'formula':
      return '';
  }
}

/** The events of one measure, for another. */
function eventsOf(was: Record<string, unknown>, from: Measure | null): Events {
  if (from === 'rate' && isRecord(was.of)) return was.of;
  if (!from || !isOfEvents(from)) return { event: '' };
  const { when } = was;
  return withPatterns(when === undefined ? {} : { when }, patternsIn(was));
}

/** The currency that most metrics are in; "" where none is. */
export function mainCurrency(units: readonly (string | null)[]): string {
  const counts = new Map<string, number>();
  for (const unit of units) {
    const code = /^([A-Z]{3})(\/|$)/.exec(unit ?? '')?.[1];
    if (code) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

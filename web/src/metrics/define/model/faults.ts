// Where on the form each fault of the server belongs.
import type { Metric } from '../../../api/metric';
import type { Fault } from '../../../api/types';
import { measureOf } from '../../model';
import { ofAmounts } from './measures';

const always = ['id', 'name', 'meaning', 'unit', 'good', 'owner', 'level', 'grain', 'weekStart', 'subject', 'segment', 'cumulative', 'soWhat.up', 'soWhat.down'];

/** The fields that the form has for a metric, by their paths; "" is the choice of the measure. */
export function fieldsOf(metric: Metric): string[] {
  const measure = measureOf(metric);
  const of = (...fields: string[]) => fields.map((field) => `${measure}.${field}`);
  const own = (): string[] => {
    if (!measure) return [];
    if (measure === 'rate') return of('from', 'of', 'within');
    if (measure === 'conversion') return of('journey', 'from', 'to');
    if (measure === 'time') return of('journey', 'from', 'to', 'q');
    if (measure === 'retention') return of('table', 'interval');
    if (measure === 'formula') return ['formula'];
    return [measure, ...of('atLeast'), ...(measure === 'active' ? of('window') : []), ...(ofAmounts.includes(measure) ? of('of', 'currency', 'per', 'q') : [])];
  };
  return ['', ...always, ...own()];
}

/** The faults by the field that they are shown at: the one with the longest path that holds theirs; "?" where the form has none. */
export function byField(faults: readonly Fault[], fields: readonly string[]): Map<string, Fault[]> {
  const out = new Map<string, Fault[]>();
  for (const fault of faults) {
    const path = fault.path ?? '';
    const field = fields.filter((one) => path === one || (one !== '' && (path.startsWith(`${one}.`) || path.startsWith(`${one}[`)))).toSorted((a, b) => b.length - a.length)[0] ?? '?';
    out.set(field, [...(out.get(field) ?? []), fault]);
  }
  return out;
}

/** The faults without those of what is only not chosen yet. */
export function apartFrom(faults: readonly Fault[], missing: readonly string[]): Fault[] {
  return faults.filter((fault) => !missing.includes(fault.path ?? ''));
}

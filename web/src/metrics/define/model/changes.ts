// What a draft changes, and what becomes of it when somebody else saved in the
// meantime: one's own changes on top of theirs.
import type { Metric } from '../../../api/metric';
import type { Change } from '../../../api/types';
import { same } from '../../../drawing/same';
import { measureOf, measures } from '../../model';
import { at, isRecord, put, type Path } from './definition';

/** Parts of which every field is a change of its own; of a measure they belong together. */
const parts = ['name', 'meaning', 'soWhat'];

/** The paths at which two definitions differ. */
function differing(from: Metric, to: Metric): Path[] {
  const between = (before: unknown, after: unknown, path: Path): Path[] => {
    if (same(before, after)) return [];
    const [top] = path;
    if (!isRecord(before) || !isRecord(after) || (top !== undefined && !parts.includes(top))) return [path];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => between(before[key], after[key], [...path, key]));
  };
  return between(from, to, []);
}

/** The changes that lead from one definition to the other, as the ledger tells them. */
export function changesOf(from: Metric, to: Metric): Change[] {
  return differing(from, to).map((path) => {
    const [before, after] = [at(from, path), at(to, path)];
    const op = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    return { path: path.join('.'), label: [...path], op, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) };
  });
}

export interface Rebased {
  metric: Metric;
  /** The paths that both changed, each in their own way: one's own hold. */
  both: string[];
}

/** One's own changes of a definition on top of somebody else's. */
export function rebased(base: Metric, mine: Metric, theirs: Metric): Rebased {
  const own = differing(base, mine);
  const others = new Set(differing(base, theirs).map((path) => path.join('.')));
  let metric = own.reduce((next, path) => put(next, path, at(mine, path)), theirs);
  const measure = measureOf(mine);
  // They may have turned to a third measure: a metric has one.
  if (measure && !same(base[measure], mine[measure])) {
    for (const other of measures) if (other !== measure) metric = put(metric, [other], undefined);
  }
  const both = own.filter((path) => !same(at(mine, path), at(theirs, path))).map((path) => path.join('.')).filter((path) => others.has(path));
  return { metric, both };
}

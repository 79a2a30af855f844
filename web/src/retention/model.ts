// What a retention table is while it is looked at and edited: its address, its
// question, what an edit changes, and what stands out in the numbers.
import type { Cohort, Locale, LocalizedText, Retention, RetentionAnswer, RetentionRequest, Revision, Where } from '../api/types';
import { searchOfScope } from '../board/model/scope';
import { readWhere } from '../board/model/where';
import { draftsBy } from '../drawing/draft';
import { same } from '../drawing/same';

/** What the page shows, as its URL says it. */
export interface Address {
  from?: string; // a day in the first interval; absent: the newest intervals
  asOf?: string; // an instant or a day; absent: now
  segment?: Where;
  at?: Place; // whose customers are listed
}

/** A count of the table: k intervals after the start of row i. */
export interface Place {
  row: number;
  interval: number;
}

export type Search = Record<string, string | undefined>;

/** Reads an address; what cannot be understood is left out and never breaks the page. */
export function parseAddress({ from, asOf, segment, at }: Search): Address {
  const where = readWhere(segment);
  const place = /^(\d{1,3})\.(\d{1,3})$/.exec(at ?? '');
  return {
    ...(from && /^\d{4}-\d{2}-\d{2}$/.test(from) && { from }),
    ...(asOf && !Number.isNaN(Date.parse(asOf)) && { asOf }),
    ...(where && { segment: where }),
    ...(place && { at: { row: Number(place[1]), interval: Number(place[2]) } }),
  };
}

export function searchOf({ from, asOf, segment, at }: Address): Search {
  return { from, ...searchOfScope({ asOf, segment }), at: at && `${at.row}.${at.interval}` };
}

/** The parts that a number depends on. */
export function counted({ kind, id, subject, start, return: back, period, weekStart, mode, intervals, cumulative, minOccurrences }: Retention): Retention {
  return {
    kind,
    id,
    ...(subject && { subject }),
    start,
    return: back,
    period,
    ...(weekStart && { weekStart }),
    ...(mode && { mode }),
    intervals,
    ...(cumulative !== undefined && { cumulative }),
    ...(minOccurrences !== undefined && { minOccurrences }),
  };
}

/** The question of the page: a stored revision is asked by its id, so that the answer names it. */
export function questionOf(revision: Revision<Retention>, draft: Retention, { from, asOf, segment }: Address): RetentionRequest {
  const drawn = counted(draft);
  return {
    ...(same(drawn, counted(revision.body)) ? { retentionId: revision.id, version: revision.version } : { retention: drawn }),
    ...(from && { from }),
    ...(asOf && { asOf }),
    ...(segment && { segment }),
  };
}

/** Drafts of tables: each operation sets fields, so that on top of a newer version those alone are set again. */
export const drafts = draftsBy<Retention, Partial<Retention>>((table, change) => {
  const next = edited(table, change);
  return same(next, table) ? table : next;
});

/** The draft with one field changed; what the format takes for granted is not written. */
export function edited(draft: Retention, change: Partial<Retention>): Retention {
  const next = { ...draft, ...change };
  if (next.period !== 'day') delete next.mode; // windows of 24 hours are of days
  if (next.period !== 'week') delete next.weekStart;
  if (next.mode === 'calendar') delete next.mode;
  if (next.weekStart === 'monday') delete next.weekStart;
  if (next.subject === 'person') delete next.subject;
  if (next.cumulative === false) delete next.cumulative;
  if (next.minOccurrences === 1) delete next.minOccurrences;
  return next;
}

/** A text with what a reader of one language wrote; texts in the other languages stay. */
export function withText(text: LocalizedText | undefined, locale: Locale, written: string): LocalizedText | undefined {
  if (typeof text === 'object') return { ...text, [locale]: written };
  return written === '' ? undefined : written;
}

export interface FieldChange {
  field: keyof Retention;
  from: unknown;
  to: unknown;
}

/** What an edit changes, field by field. */
export function changesOf(base: Retention, draft: Retention): FieldChange[] {
  const fields = [...new Set([...Object.keys(base), ...Object.keys(draft)])] as (keyof Retention)[];
  return fields.filter((field) => !same(base[field], draft[field])).map((field) => ({ field, from: base[field], to: draft[field] }));
}

/** Below this n a rate is small and shown as such. */
export const smallN = 30;

export interface Least {
  row: number;
  cohort: Cohort;
}

/**
 * The cohort of which the fewest came back in the interval after it: the one
 * whose rate is lowest even at the upper end of its interval, so that a handful
 * of people is not what stands out.
 */
export function leastReturning(answer: RetentionAnswer): Least | null {
  let least: Least | null = null;
  for (const [row, cohort] of answer.rows.entries()) {
    const high = cohort.rates[1]?.high;
    if (cohort.complete < 2 || typeof high !== 'number') continue;
    if (least === null || high < (least.cohort.rates[1]?.high ?? 1)) least = { row, cohort };
  }
  return least;
}

/** The highest rate of the table after the first interval: where the hue is fullest. */
export function fullest(answer: RetentionAnswer): number {
  return Math.max(0, ...answer.rows.flatMap((cohort) => cohort.rates.slice(1).map((rate) => rate.rate ?? 0)));
}

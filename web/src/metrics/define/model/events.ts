// The events that a measure is of: one pattern beside its other fields, or several
// under when. A pattern that nobody touched is kept to the letter.
import type { Pattern } from '../../../api/types';
import { emptyPattern, type EditedPattern } from '../../../board/binding/patterns';
import { same } from '../../../drawing/same';
import { rowsOf, whereOf } from '../../../board/model/where';

export type Events = Record<string, unknown>;

/** The alternatives of a measure, of which there is always one. */
export function patternsIn(events: Events): Pattern[] {
  if (Array.isArray(events.when) && events.when.length > 0) return events.when as Pattern[];
  const { event, where } = events;
  return [{ ...(event !== undefined && { event }), ...(where !== undefined && { where }) } as Pattern];
}

/** The measure with other alternatives; several stand under when, one as it stood. */
export function withPatterns(events: Events, patterns: Pattern[]): Events {
  const { event: _, where: __, when, ...rest } = events;
  const [only] = patterns;
  return only && patterns.length === 1 && when === undefined ? { ...only, ...rest } : { when: patterns, ...rest };
}

/** A pattern as rows, with what stands in the definition for it. */
export interface Alternative {
  edited: EditedPattern;
  written: Pattern;
}

export function alternativeOf(written: Pattern): Alternative {
  const event = written.event === '' ? undefined : (written.event ?? null);
  return { edited: { ...emptyPattern(), event, rows: rowsOf(written.where) }, written };
}

export function freshAlternative(): Alternative {
  return alternativeOf({ event: '' });
}

/** An alternative after somebody edited it; rows that are not complete are not written. */
export function rewritten(edited: EditedPattern): Alternative {
  const where = whereOf(edited.rows);
  return { edited, written: { ...(edited.event !== null && { event: edited.event ?? '' }), ...(where && { where }) } };
}

/** Whether rows can say all that a pattern says; one of another make is edited as text. */
export function fitsRows(pattern: Pattern): boolean {
  const known = Object.keys(pattern).every((key) => key === 'event' || key === 'where');
  return known && fitsWhere(pattern.where);
}

export function fitsWhere(where: Pattern['where']): boolean {
  return where === undefined || same(whereOf(rowsOf(where)), where);
}

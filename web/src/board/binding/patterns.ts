// The alternatives of a step while they are edited: each with a key of its own
// for the screen, and rows that may still be incomplete.
import type { Pattern } from '../../api/types';
import { rowsOf, whereOf, type Row } from '../model/where';

export interface EditedPattern {
  key: string;
  event: string | null | undefined; // null: any event; undefined: not chosen yet
  rows: Row[];
}

export function emptyPattern(): EditedPattern {
  return { key: crypto.randomUUID?.() ?? String(Math.random()), event: undefined, rows: [] };
}

export function patternsOf(when: Pattern[] | undefined): EditedPattern[] {
  if (!when || when.length === 0) return [emptyPattern()];
  return when.map((pattern) => ({ ...emptyPattern(), event: pattern.event ?? null, rows: rowsOf(pattern.where) }));
}

/** The alternatives that are complete enough to count; undefined if none is. */
export function whenOf(patterns: EditedPattern[]): Pattern[] | undefined {
  const when = patterns.flatMap(({ event, rows }): Pattern[] => {
    if (event === undefined) return [];
    const where = whereOf(rows);
    return [{ event, ...(where && { where }) }];
  });
  return when.length > 0 ? when : undefined;
}

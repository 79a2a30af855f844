// What all numbers of a page are true of, as its URL says it: as of which day, and of
// whom. Pages that have both write them alike, so that a link takes them along.
import type { Where } from '../../api/types';
import { isDay } from './period';
import { readWhere } from './where';

export interface Scope {
  asOf?: string; // a day, to its end; absent: now
  segment?: Where; // only events for which it holds; absent: all
}

/** Reads a scope; what cannot be understood is left out and never breaks the page. */
export function parseScope({ asOf, segment }: Record<string, string | undefined>): Scope {
  const where = readWhere(segment);
  return { ...(isDay(asOf) && { asOf }), ...(where && { segment: where }) };
}

/** The query string of a scope; what is as usual does not appear in it. */
export function searchOfScope({ asOf, segment }: Scope): Record<keyof Scope, string | undefined> {
  return { asOf, segment: segment && JSON.stringify(segment) };
}

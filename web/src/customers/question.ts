// The question under which a customer's page was opened from a number on a
// board: it travels in the address, so that the page marks what was counted there.
import type { Search } from '../app/router';
import type { MeasureRequest, TraceRequest } from '../api/types';

export type Of = 'person' | 'account';

/** customerSearch makes the search of /customers/$id from the question a board asks. */
export function customerSearch(of: Of, question?: MeasureRequest): Search {
  if (!question) return { of };
  const { journeyId, journey, version, from, to, asOf, timezone, ...rest } = question;
  // What only shapes the answer's tables does not change which events were counted.
  const { breakdown: _b, timeBetween: _t, bins: _n, customers: _c, only: _o, ...more } = rest;
  const extra = { ...more, ...(journey ? { journey } : {}) };
  return {
    of,
    journey: journeyId ?? journey?.id,
    version: version === undefined ? undefined : String(version),
    from,
    to,
    asOf,
    timezone,
    ask: Object.keys(extra).length > 0 ? JSON.stringify(extra) : undefined,
  };
}

/** traceOf reads that question back; null when the page was not opened from a number. */
export function traceOf(search: Search, customer: string): TraceRequest | null {
  if (!search.journey) return null;
  const extra = parsed(search.ask);
  return {
    ...extra,
    ...(extra.journey ? {} : { journeyId: search.journey }),
    ...(search.version ? { version: Number(search.version) } : {}),
    ...(search.from ? { from: search.from } : {}),
    ...(search.to ? { to: search.to } : {}),
    ...(search.asOf ? { asOf: search.asOf } : {}),
    ...(search.timezone ? { timezone: search.timezone } : {}),
    customer,
  };
}

function parsed(text: string | undefined): Partial<MeasureRequest> {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Partial<MeasureRequest>) : {};
  } catch {
    return {}; // an address cut short in a mail: the rest of the question still holds
  }
}

/** ofSearch: accounts when the address says so, people otherwise. */
export function ofSearch(search: Search): Of {
  return search.of === 'account' ? 'account' : 'person';
}

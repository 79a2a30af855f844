// Drafts outlive a reload: each is kept in the browser's tab until it is saved or
// thrown away.
import type { Metric } from '../../../api/metric';
import { isRecord } from './definition';

export interface Stored {
  /** The version the draft began from, 0 for a new metric, and that version's body. */
  version: number;
  base: Metric;
  metric: Metric;
}

/** id: that of a stored metric, null for a new one. */
const keyOf = (id: string | null) => (id === null ? 'beichen.define' : `beichen.define.${id}`);

export function stored(id: string | null): Stored | null {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null');
    return isRecord(read) && typeof read.version === 'number' && isRecord(read.base) && isRecord(read.metric) ? (read as unknown as Stored) : null;
  } catch {
    return null; // withheld by the browser, or not ours
  }
}

/** Keeps a draft; null forgets it. */
export function store(id: string | null, draft: Stored | null): void {
  try {
    if (draft) sessionStorage.setItem(keyOf(id), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // Without storage a draft lives as long as its page.
  }
}

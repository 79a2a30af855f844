// What the board shows, as its URL says it: anybody who opens the address sees
// the same filters, the same selection, the same as-of.

import type { Where } from '../../api/types';
import type { Spot } from './operation';
import { parsePath, searchOfPath, type PathChoice } from './paths';
import { isDay } from './period';
import { readWhere } from './where';

export type View = 'board' | 'table' | 'flow';

export interface Address {
  view: View;
  from?: string;
  to?: string;
  asOf?: string; // an instant; absent: now
  segment?: Where;
  by?: string[]; // breakdown keys
  attribution?: string;
  compare: boolean; // with the period before
  window?: string; // another window than the journey's own
  path?: PathChoice; // in the flow: the paths that are shown instead of the journey's own
  at?: Spot; // what is selected
  edit: boolean;
}

/** The query string as the router hands it over. */
export type Search = Record<string, string | undefined>;

/** Reads an address; what cannot be understood is left out and never breaks the page. */
export function parseAddress(search: Search): Address {
  const { from, to, asOf, attribution, window } = search;
  const by = search.by?.split(',').filter((key) => key !== '');
  const segment = readWhere(search.segment);
  const at = spot(search.at);
  const path = parsePath(search);
  return {
    view: search.view === 'table' || search.view === 'flow' ? search.view : 'board',
    compare: search.compare !== 'none',
    edit: search.edit === '1',
    ...(isDay(from) && { from }),
    ...(isDay(to) && { to }),
    ...(asOf && !Number.isNaN(Date.parse(asOf)) && { asOf }),
    ...(segment && { segment }),
    ...(by && by.length > 0 && { by }),
    ...(attribution && /^(first|last|all|step:.+)$/.test(attribution) && { attribution }),
    ...(window && isSpan(window) && { window }),
    ...(path && { path }),
    ...(at && { at }),
  };
}

/** The query string of an address; what is as usual does not appear in it. */
export function searchOf(address: Address): Search {
  const search: Search = {};
  if (address.view !== 'board') search.view = address.view;
  if (address.from) search.from = address.from;
  if (address.to) search.to = address.to;
  if (address.asOf) search.asOf = address.asOf;
  if (address.segment && Object.keys(address.segment).length > 0) search.segment = JSON.stringify(address.segment);
  if (address.by && address.by.length > 0) search.by = address.by.join(',');
  if (address.attribution && address.attribution !== 'first') search.attribution = address.attribution;
  if (!address.compare) search.compare = 'none';
  if (address.window) search.window = address.window;
  if (address.path) Object.assign(search, searchOfPath(address.path));
  if (address.at) search.at = address.at.step === undefined ? address.at.stage : `${address.at.stage}/${address.at.step}`;
  if (address.edit) search.edit = '1';
  return search;
}

/** Spans of the format: 180d, 36h, none. */
export function isSpan(span: string): boolean {
  return span === 'none' || /^[1-9]\d*(\.\d+)?[smhdw]$/.test(span);
}

function spot(at: string | undefined): Spot | undefined {
  if (!at) return undefined;
  const slash = at.indexOf('/');
  return slash < 0 ? { stage: at } : { stage: at.slice(0, slash), step: at.slice(slash + 1) };
}

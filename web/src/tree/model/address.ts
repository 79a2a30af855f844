// What a tree's page shows, as its URL says it.
import type { Grain } from '../../api/metric';
import type { TreeQuestion } from '../../api/tree';
import { parseScope, searchOfScope, type Scope } from '../../board/model/scope';
import { grains } from '../../metrics/model';

/** The ways to look at a tree, in the order in which they are offered. */
export const views = ['tree', 'table', 'matrix', 'star'] as const;
export type View = (typeof views)[number];

export interface Address extends Scope {
  view: View;
  metric?: string; // the selected one; while it is drawn also the key of an objective or a strategy
  edit: boolean;
  grain?: Grain; // absent: the star's
  periods?: number; // absent: as many as people look at
}

export type Search = Record<string, string | undefined>;

const mostPeriods = 500;

/** Reads an address; what cannot be understood is left out and never breaks the page. */
export function parseAddress(search: Search): Address {
  const grain = grains.find((one) => one === search.grain);
  const periods = /^[1-9]\d{0,2}$/.test(search.periods ?? '') ? Math.min(mostPeriods, Number(search.periods)) : undefined;
  return {
    view: views.find((one) => one === search.view) ?? 'tree',
    edit: search.edit === '1',
    ...(search.metric && { metric: search.metric }),
    ...(grain && { grain }),
    ...(periods && { periods }),
    ...parseScope(search),
  };
}

/** The query string of an address; what is as usual does not appear in it. */
export function searchOf({ view, metric, grain, periods, edit, ...scope }: Address): Search {
  return {
    view: view === 'tree' ? undefined : view,
    metric,
    grain,
    periods: periods === undefined ? undefined : String(periods),
    ...searchOfScope(scope),
    edit: edit ? '1' : undefined,
  };
}

/** The part of a question that an address holds; whose tree it is asked of is said besides. */
export function filtersOf({ asOf, grain, periods, segment }: Omit<Address, 'view' | 'edit'>): Omit<TreeQuestion, 'tree' | 'treeId' | 'version'> {
  return { ...(asOf && { asOf }), ...(grain && { grain }), ...(periods && { periods }), ...(segment && { segment }) };
}

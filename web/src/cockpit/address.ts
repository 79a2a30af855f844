// What the cockpit shows, as its URL says it.
import type { Grain } from '../api/metric';
import type { MeasureRequest } from '../api/types';
import type { TreeQuestion } from '../api/tree';
import { addDays } from '../board/model/period';
import { parseScope, searchOfScope, type Scope } from '../board/model/scope';
import { grains } from '../metrics/model';

export interface Address extends Scope {
  tree?: string; // absent: the first
  grain?: Grain; // absent: that of the North Star
  periods?: number; // absent: as many as people look at
  journey?: string; // the one on the ribbon; absent: the one that strategies act on most
}

export type Search = Record<string, string | undefined>;

/** The numbers of periods that are offered. */
export const periodChoices = [8, 12, 26, 52] as const;

/** Reads an address; what cannot be understood is left out and never breaks the page. */
export function parseAddress({ tree, grain, periods, journey, ...search }: Search): Address {
  const known = grains.find((one) => one === grain);
  return {
    ...(tree && { tree }),
    ...(known && { grain: known }),
    ...(periods && /^[1-9]\d{0,2}$/.test(periods) && { periods: Math.min(500, Number(periods)) }),
    ...parseScope(search),
    ...(journey && { journey }),
  };
}

export function searchOf({ tree, grain, periods, journey, ...scope }: Address): Search {
  return { tree, grain, periods: periods === undefined ? undefined : String(periods), ...searchOfScope(scope), journey };
}

/** The question about the whole tree. */
export function treeQuestion(tree: string, { grain, periods, asOf, segment }: Address): TreeQuestion {
  return { treeId: tree, ...(grain && { grain }), ...(periods && { periods }), ...(asOf && { asOf }), ...(segment && { segment }) };
}

const daysOf: Record<Grain, number> = { hour: 1 / 24, day: 1, week: 7, month: 365.25 / 12, quarter: 365.25 / 4, year: 365.25 };

/**
 * The question about a journey: the board's own, so that the board shows the same
 * numbers. Where periods are chosen, those count who came in as long ago as these
 * reach. `today` is the day of as-of.
 */
export function journeyQuestion(journey: string, { periods, asOf, segment }: Address, grain: Grain, today: string): MeasureRequest {
  const from = periods ? addDays(asOf ?? today, -Math.ceil(periods * daysOf[grain])) : undefined;
  return { journeyId: journey, ...(from && { from }), ...(asOf && { asOf }), ...(segment && { segment }), breakdown: ['channel'] };
}

/** The board's address of the same question. */
export function boardSearch({ from, asOf, segment }: MeasureRequest, at?: string): Search {
  return { from, ...searchOfScope({ asOf, segment }), at };
}

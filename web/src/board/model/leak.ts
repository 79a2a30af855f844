// The sentence on top of the board: where the journey loses most.

import type { Answer, Journey, MoneyAnswer, Rate, Scalar, Stage, StageAnswer } from '../../api/types';
import { asCounted, clearlyDifferent, smallN, stageAnswer, stageBefore } from './figures';

export interface Leak {
  from: Stage;
  to: Stage;
  had: number; // customers who reached `from`
  reached: number;
  rate: Rate;
  lost: number; // left for good: their window has closed
  pending: number | null;
  medianSeconds: number | null;
  /** What those lost would have brought, at the value of those who reached `to`; null where value is not known. */
  lostValue: { currency: string; total: number } | null;
  worst: { value: Scalar | Scalar[]; rate: Rate } | null;
  gain: Gain | null;
}

/** What there would be if the leak were as small as it has been, or is elsewhere; only where that is more than chance. */
export interface Gain {
  reference: 'before' | 'segment';
  segment: Scalar | Scalar[] | undefined; // with reference 'segment'
  rate: number; // the rate to reach
  customers: number;
  value: { currency: string; total: number } | null;
}

/**
 * The stage with the largest loss: customers lost × value per customer where
 * every stage that loses somebody knows its value in one shared currency, else
 * customers lost (amounts and heads cannot be compared). Null when nothing is
 * lost, or nothing is known.
 */
export function worstLeak(journey: Journey, answer: Answer, before?: Answer): Leak | null {
  if (answer.rule.order === 'any') return null; // levels lie one after the other, not the stages drawn
  const currency = mainCurrency(answer);
  const leaks = asCounted(journey, answer).flatMap((stage) => {
    const leak = leakAt(journey, answer, before, stage, currency);
    return leak && leak.lost > 0 ? [leak] : [];
  });
  const currencies = new Set(leaks.map((leak) => leak.lostValue?.currency));
  const byValue = currencies.size === 1 && !currencies.has(undefined);
  const size = (leak: Leak) => (byValue ? (leak.lostValue?.total ?? 0) : leak.lost);
  return leaks.reduce<Leak | null>((worst, leak) => (worst && size(worst) >= size(leak) ? worst : leak), null);
}

/** What is lost on the way to a stage; null where nobody knows, and at the first one. */
export function leakAt(journey: Journey, answer: Answer, before: Answer | undefined, to: Stage, currency: string | null): Leak | null {
  const from = stageBefore(journey, to.id, answer);
  const now = stageAnswer(answer, to.id);
  const rate = now?.ofPrevious;
  // Whoever skips an optional stage is not lost.
  if (!from || !now || to.optional || now.reached === null || !rate || rate.rate === null) return null;
  const lost = now.left?.n ?? rate.n - now.reached - (now.pending ?? 0);
  const money = mainMoney(now.value, currency);
  const rows = rowsOf(answer, to.id);
  return {
    from,
    to,
    had: rate.n,
    reached: now.reached,
    rate,
    lost,
    pending: now.pending,
    medianSeconds: now.time?.medianSeconds ?? null,
    lostValue: money && { currency: money.currency, total: lost * money.perCustomer },
    worst: extreme(rows, (a, b) => a < b),
    gain: gainOf(now, rate, before && stageAnswer(before, to.id), extreme(rows, (a, b) => a > b), money),
  };
}

function gainOf(
  now: StageAnswer,
  rate: Rate,
  before: StageAnswer | undefined,
  best: Leak['worst'],
  money: KnownMoney | null,
): Gain | null {
  const current = rate.rate ?? 0;
  const earlier = before?.ofPrevious;
  const target =
    earlier && earlier.rate !== null && earlier.rate > current && clearlyDifferent(earlier, rate)
      ? { reference: 'before' as const, segment: undefined, rate: earlier.rate }
      : best && best.rate.rate !== null && best.rate.rate > current && clearlyDifferent(best.rate, rate)
        ? { reference: 'segment' as const, segment: best.value, rate: best.rate.rate }
        : null;
  if (!target || now.reached === null) return null;
  const customers = rate.n * target.rate - now.reached;
  return { ...target, customers, value: money && { currency: money.currency, total: customers * money.perCustomer } };
}

interface Row {
  value: Scalar | Scalar[];
  rate: Rate;
}

// Rows too small to say anything are no one's worst and no one's best.
function rowsOf(answer: Answer, stage: string): Row[] {
  return (answer.breakdown ?? []).flatMap((row) => {
    const rate = row.stages.find((each) => each.id === stage)?.ofPrevious;
    return rate && rate.rate !== null && rate.n >= smallN ? [{ value: row.value, rate }] : [];
  });
}

function extreme(rows: Row[], beats: (a: number, b: number) => boolean): Row | null {
  if (rows.length < 2) return null;
  return rows.reduce((found, row) => (beats(row.rate.rate ?? 0, found.rate.rate ?? 0) ? row : found));
}

/**
 * The one currency a board speaks in, since nothing is converted: the one that
 * is largest at most stages. Null where no value or cost is known.
 */
export function mainCurrency(answer: Answer | undefined, which: 'value' | 'cost' = 'value'): string | null {
  const wins = new Map<string, number>();
  for (const stage of answer?.stages ?? []) {
    const largest = mainMoney(stage[which], null);
    if (largest) wins.set(largest.currency, (wins.get(largest.currency) ?? 0) + 1);
  }
  return [...wins].reduce<[string, number] | null>((most, each) => (most && most[1] >= each[1] ? most : each), null)?.[0] ?? null;
}

/** Money of which it is known what it makes per customer. */
export type KnownMoney = MoneyAnswer & { perCustomer: number };

export function knownMoney(money: MoneyAnswer[] | null): KnownMoney[] {
  return (money ?? []).filter((each): each is KnownMoney => each.perCustomer !== null);
}

/** The entry of a list in a currency; where it has none, the largest. */
export function mainMoney(money: MoneyAnswer[] | null, currency: string | null): KnownMoney | null {
  const known = knownMoney(money);
  if (known.length === 0) return null;
  return known.find((each) => each.currency === currency) ?? known.reduce((most, each) => (each.total > most.total ? each : most));
}

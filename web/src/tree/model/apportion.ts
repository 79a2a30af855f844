// What the parts of a target come to, by the rule of docs/analyst/trees.md, as they are
// typed. What only the server can say, as it evaluates the formula, is null.
import type { Part, Target } from './definition';

/** What a metric adds up, each with what it is multiplied by; empty where it adds up nothing. */
export type Terms = Readonly<Record<string, number>>;

/** Shares of the target, values of objectives and of its own metric, and of the terms of its sum with their signs. */
export function comesTo({ metric, value, parts = [] }: Pick<Target, 'metric' | 'value' | 'parts'>, terms: Terms): number | null {
  if (parts.length === 0) return null;
  let sum = 0;
  for (const part of parts) {
    const adds = addsOf(part, metric, value, terms);
    if (adds === null) return null;
    sum += adds;
  }
  return clean(sum);
}

/** What one part adds to the sum, in the unit of the target; null where parts of its kind are not added. */
export function addsOf(part: Part, metric: string, whole: number, terms: Terms): number | null {
  if (part.share !== undefined) return clean(part.share * whole);
  if (part.value === undefined) return null;
  if (part.objective !== undefined || part.metric === metric) return part.value;
  const by = part.metric === undefined ? undefined : terms[part.metric];
  return by === undefined ? null : clean(by * part.value);
}

/** The part in the other way of saying how much; undefined where it cannot be said so. */
export function turned(part: Part, to: 'share' | 'value', { metric, value: whole }: Pick<Target, 'metric' | 'value'>, terms: Terms): Part | undefined {
  const { share, value, ...of } = part;
  if (to === 'share') {
    const adds = addsOf(part, metric, whole, terms);
    return share !== undefined ? part : adds === null || whole === 0 ? undefined : { ...of, share: clean(adds / whole) };
  }
  if (value !== undefined) return part;
  const by = part.objective !== undefined || part.metric === metric ? 1 : part.metric === undefined ? undefined : terms[part.metric];
  return share === undefined || by === undefined || by === 0 ? undefined : { ...of, value: clean((share * whole) / by) };
}

/**
 * What is asked of one more at first: what the others have left, of an objective as a
 * share, of a term as a value. Of a factor it is what it has now, in its own unit.
 */
export function asksOf(of: Pick<Part, 'metric' | 'objective'>, target: Target, terms: Terms, now: number | null): Part {
  const left = Math.max(0, (target.value || 0) - ((target.parts ?? []).length > 0 ? (comesTo(target, terms) ?? 0) : 0));
  if (of.objective !== undefined) return { ...of, share: target.value > 0 ? clean(left / target.value) : 0 };
  const by = of.metric === target.metric ? 1 : terms[of.metric ?? ''];
  return { ...of, value: by === undefined ? (now ?? 0) : by > 0 ? clean(left / by) : (now ?? 0) };
}

/** Without what the binary fractions of decimals leave behind. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

// What a move is told by: the question, the pieces it falls into, and where each
// stands between the number before and the number after.
import type { Explanation, WhyQuestion } from '../api/tree';
import type { LocalizedText, Scalar } from '../api/types';

export type PartMove = Explanation['parts'][number];
export type DimensionMove = Explanation['dimensions'][number];
export type SegmentMove = DimensionMove['segments'][number];
export type Cause = Explanation['causes'][number];
export type Step = Explanation['steps'][number];

/** What a move is asked about besides its metric. */
export interface WhyOptions {
  asOf?: string;
  grain?: string;
  segment?: WhyQuestion['segment'];
  before?: string; // a day or an instant in the period it moved from
  after?: string;
  dimensions?: string[];
}

export function questionOf({ asOf, grain, segment, before, after, dimensions }: WhyOptions): WhyQuestion {
  return {
    ...(asOf && { asOf }),
    ...(grain && { grain: grain as WhyQuestion['grain'] }),
    ...(segment && { segment }),
    ...(before && after && { before, after }), // one alone says nothing
    ...(dimensions && dimensions.length > 0 && { dimensions }),
  };
}

/** A piece of a move, in the unit of the metric: all of them add up to it. */
export type Piece =
  | { kind: 'metric'; id: string; name: LocalizedText; change: number }
  | { kind: 'value'; value: Scalar | Scalar[]; change: number }
  | { kind: 'others' | 'overlap' | 'mix' | 'rest'; change: number };

/** The cut by the formula; every other cut is the where key of a dimension. */
export const byFormula = 'formula';

/** The ways in which a move can be cut into pieces, the formula first. */
export function cutsOf({ parts, dimensions }: Explanation): string[] {
  return [...(parts.length > 0 ? [byFormula] : []), ...dimensions.flatMap((d) => (d.segments.length > 0 ? [d.dimension] : []))];
}

/** More than these are drawn as one: the table has all. */
const mostPieces = 8;

/**
 * The pieces of a move by a cut, in the order in which they are drawn. Of a rate,
 * what the mix of values did comes first, then what each value's own rate did.
 * Values that contributed nothing stand in the table alone.
 */
export function piecesOf(explanation: Explanation, cut: string): Piece[] {
  if (cut === byFormula) {
    return gathered(explanation.parts.map(({ metric, name, change }): Piece => ({ kind: 'metric', id: metric, name, change })));
  }
  const dimension = explanation.dimensions.find((each) => each.dimension === cut);
  if (!dimension) return [];
  const { mix, overlap } = dimension;
  const values = dimension.segments.map(({ value, others, change, rate }): Piece => {
    const own = mix === null ? change : (rate ?? 0);
    return others ? { kind: 'others', change: own } : { kind: 'value', value, change: own };
  });
  return [
    ...(mix === null ? [] : [{ kind: 'mix', change: mix } as const]),
    ...gathered(values.filter(({ change }) => change !== 0)),
    ...(overlap === 0 ? [] : [{ kind: 'overlap', change: overlap } as const]),
  ];
}

/** The largest pieces, and the rest as one. */
function gathered(pieces: Piece[]): Piece[] {
  if (pieces.length <= mostPieces) return pieces;
  const order = pieces.toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const rest = order.slice(mostPieces - 1).reduce((sum, { change }) => sum + change, 0);
  return [...order.slice(0, mostPieces - 1), { kind: 'rest', change: rest }];
}

/** A bar of the waterfall: from where it stands to where it ends. */
export interface Bar {
  piece: Piece | 'before' | 'after';
  from: number;
  to: number;
}

/** The bars between the two numbers; each piece begins where the one before it ends. */
export function barsOf(before: number, after: number, pieces: Piece[]): Bar[] {
  let at = before;
  const steps = pieces.map((piece): Bar => {
    const from = at;
    at += piece.change;
    return { piece, from, to: at };
  });
  return [{ piece: 'before', from: 0, to: before }, ...steps, { piece: 'after', from: 0, to: after }];
}

/**
 * Where the axis begins: at zero, unless all that moves would be a sliver on top of
 * two high bars. Then it begins below the lowest point, and the chart says so.
 */
export function floorOf(bars: Bar[]): number {
  const points = bars.flatMap(({ piece, from, to }) => (typeof piece === 'string' ? [to] : [from, to]));
  const [low, high] = [Math.min(...points), Math.max(...points)];
  if (low <= 0 || high - low >= low / 2) return 0;
  return Math.max(0, low - (high - low || high) * 0.6);
}

/** What contributed most, whichever its direction; of a formula inside, its own largest part. */
export function leadingPart(parts: PartMove[]): PartMove | null {
  const largest = parts.reduce<PartMove | null>((most, each) => (most && Math.abs(most.change) >= Math.abs(each.change) ? most : each), null);
  if (!largest || largest.change === 0) return null;
  return leadingPart(largest.parts) ?? largest;
}

/** All steps of how formulas were divided, those inside after the one they are in. */
export function stepsOf(explanation: Pick<Explanation, 'steps' | 'parts'>): Step[] {
  return [...explanation.steps, ...explanation.parts.flatMap(stepsOf)];
}

/** Better, worse or neither, of a change of a metric whose good direction is known. */
export function goodnessOf(change: number, good: Explanation['good']): 'better' | 'worse' | 'neutral' {
  if (change === 0 || good === 'neither') return 'neutral';
  return change > 0 === (good === 'up') ? 'better' : 'worse';
}

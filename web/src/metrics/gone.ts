// What is drawn of periods that hang on facts which are too old to be kept: they are
// unknown, and hatched. They are the oldest ones, since every later period reaches back
// less far.
import type { MetricPoint } from '../api/metric';

/** How many of the periods, oldest first, are unknown because facts of them are gone. */
export function goneOf(points: readonly MetricPoint[]): number {
  return points.findLastIndex((point) => point.expired) + 1;
}

/** Which share of a course's width they take, whose first and last period stand at its edges: half way to the first that is kept. */
export function goneShare(periods: number, gone: number): number {
  if (gone === 0) return 0;
  return gone >= periods ? 1 : (gone - 0.5) / (periods - 1);
}

/** The hatch of tokens.css over that share of a box, from its left; nothing where all is kept. */
export function goneStyle(points: readonly MetricPoint[]): { background: string } | undefined {
  const gone = goneOf(points);
  return gone === 0 ? undefined : { background: `var(--hatch) 0 0 / ${(100 * goneShare(points.length, gone)).toFixed(1)}% 100% no-repeat` };
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const stripe = 6; // px, as in tokens.css
const apart = 2 * stripe * Math.SQRT2; // along an edge of the box

/** A box full of the same stripes, for ECharts. */
export function hatching({ x, y, width, height }: Box, hue: string): object {
  const stripes: string[] = [];
  for (let foot = x; foot < x + width + height + apart; foot += apart) stripes.push(`M${foot} ${y}L${foot - height} ${y + height}`);
  return {
    type: 'group',
    clipPath: { type: 'rect', shape: { x, y, width, height } },
    children: [{ type: 'path', shape: { pathData: stripes.join('') }, style: { stroke: hue, lineWidth: stripe, fill: 'none', opacity: 0.45 } }],
  };
}

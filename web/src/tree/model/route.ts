// How a line goes from one card to another: its path, and where its words stand.
import type { Box } from './place';

export interface Route {
  path: string;
  label: { x: number; y: number };
}

const bracket = 10;
const above = 27;

/** A part that stands below the metric it makes, at its left: a bracket. */
export function bracketRoute(part: Box, whole: Box): Route {
  const [x, y] = [whole.x + bracket, part.y + part.height / 2];
  return { path: `M${part.x} ${y}H${x}V${whole.y + whole.height}`, label: { x, y } };
}

/** Between two cards of different ranks: a curve from below the upper one, its words over the lower one; of several between the same two, each has its own offset. */
export function curveRoute(a: Box, b: Box, offset = 0): Route {
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a];
  if (lower.y >= upper.y + upper.height) {
    const [x1, y1] = [upper.x + upper.width / 2 + offset / 2, upper.y + upper.height];
    const [x2, y2] = [lower.x + lower.width / 2 + offset, lower.y];
    const bend = (y2 - y1) / 2;
    return { path: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, label: { x: x2, y: y2 - above } };
  }
  // Side by side.
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const [x1, y1] = [left.x + left.width, left.y + left.height / 2];
  const [x2, y2] = [right.x, right.y + right.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return { path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, label: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 } };
}

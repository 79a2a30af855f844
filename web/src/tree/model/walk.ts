// Where the arrows lead on the canvas: along a line to what is joined, up to what
// something makes and down to what it is made of; else to the nearest card that way.
import type { Join } from './joins';
import type { Box } from './place';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The key that an arrow leads to from another; null at the edge. */
export function neighbour(key: string, direction: Direction, boxes: Map<string, Box>, joins: Join[]): string | null {
  const here = boxes.get(key);
  if (!here) return null;
  const ahead = [...boxes].filter(([other, box]) => other !== key && liesAhead(here, box, direction));
  const joined = new Set(joins.flatMap(({ from, to }) => (from === key ? [to] : to === key ? [from] : [])));
  const along = ahead.filter(([other]) => joined.has(other));
  const upOrDown = direction === 'up' || direction === 'down';
  const choice = upOrDown && along.length > 0 ? along : ahead;
  return choice.toSorted(([, a], [, b]) => distance(here, a, direction) - distance(here, b, direction))[0]?.[0] ?? null;
}

function centre({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}

function liesAhead(here: Box, there: Box, direction: Direction): boolean {
  switch (direction) {
    case 'up':
      return there.y < here.y && centre(there).y < centre(here).y;
    case 'down':
      return there.y > here.y && centre(there).y > centre(here).y;
    case 'left':
      return there.x + there.width / 2 < here.x;
    case 'right':
      return there.x + there.width / 2 > here.x + here.width;
  }
}

/** How far, what lies off the way counting three times as much. */
function distance(here: Box, there: Box, direction: Direction): number {
  const [a, b] = [centre(here), centre(there)];
  const [across, down] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
  return direction === 'up' || direction === 'down' ? down + 3 * across : across + 3 * down;
}

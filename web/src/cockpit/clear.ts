const heights = [94, 72, 50, 28]; // percent from the top
const enough = 14;

/** How far down words stand clear of what is drawn at other heights: at the foot if that is free, else where there is most room. All in percent. */
export function clearOf(taken: readonly number[]): number {
  const room = (height: number) => Math.min(...taken.map((other) => Math.abs(other - height)));
  return heights.find((height) => room(height) >= enough) ?? heights.reduce((best, height) => (room(height) > room(best) ? height : best));
}

// Where things are on the board, in pixels: its columns, the ribbon of people
// that flows through them, and the curve of feeling.

export interface Column {
  x: number; // left edge, from the left edge of the first column
  width: number;
  centre: number;
}

export interface Columns {
  columns: Column[];
  width: number; // of all of them
}

export const gap = 8;
export const narrowest = 120; // 8 of them fit a screen of 1440 px, 7 beside the open drawer
export const foldedWidth = 38;

/** Lays stages side by side over the space there is; they scroll when it is not enough. */
export function layColumns(folded: boolean[], available: number): Columns {
  const open = folded.filter((each) => !each).length;
  const taken = (folded.length - open) * foldedWidth + Math.max(0, folded.length - 1) * gap;
  const width = open === 0 ? 0 : Math.max(narrowest, Math.floor((available - taken) / open));
  // What does not divide goes to the first ones, a pixel each, so that the last ends where the space does.
  let spare = width > narrowest ? (available - taken) % open : 0;
  let x = 0;
  const columns = folded.map((isFolded) => {
    const own = isFolded ? foldedWidth : spare-- > 0 ? width + 1 : width;
    const column = { x, width: own, centre: x + own / 2 };
    x += own + gap;
    return column;
  });
  return { columns, width: Math.max(0, x - gap) };
}

export interface Band {
  from: number; // places of the stages it joins
  to: number;
  path: string;
}

export interface Tail {
  from: number; // the stage they left after
  to: number; // the stage they did not reach
  path: string;
  x: number; // of its label
}

/** Those who are still on the way, or an optional stage's own people: a block beside the ribbon. */
export interface Block {
  stage: number; // they are on the way to, or stand at
  path: string;
}

export interface Flowing {
  reached: number | null; // null: not measured
  left: number; // for good, before reaching it
  optional: boolean;
}

export interface RibbonLayout {
  bands: Band[];
  tails: Tail[];
  waiting: Block[];
  asides: Block[];
}

/**
 * The ribbon: its width is people. A stage that is not measured is passed over,
 * for nobody knows how many are there; an optional one too, since nobody has to
 * go through it, and its own people are marked on the ribbon. Of those who did
 * not get to the next stage, the ones who left fall off, the others wait.
 */
export function layRibbon(columns: Column[], stages: Flowing[], height: number): RibbonLayout {
  const most = Math.max(1, ...stages.map((stage) => stage.reached ?? 0));
  const thick = (people: number) => (people === 0 ? 0 : Math.max(1.5, (people / most) * (height - 14)));
  const top = 1;
  const bands: Band[] = [];
  const tails: Tail[] = [];
  const waiting: Block[] = [];
  const asides: Block[] = [];
  let from = -1;
  stages.forEach(({ reached: people, left, optional }, to) => {
    const [start, end] = [columns[from], columns[to]];
    const before = stages[from]?.reached;
    if (optional && people !== null && end) {
      const x = end.centre;
      asides.push({ stage: to, path: path`M${x - 4} ${top}L${x + 4} ${top}L${x + 4} ${top + thick(people)}L${x - 4} ${top + thick(people)}Z` });
      return;
    }
    if (people !== null && start && end && before != null) {
      const [x0, x1, a, b] = [start.centre, end.centre, thick(before), thick(people)];
      const middle = (x0 + x1) / 2;
      bands.push({ from, to, path: path`M${x0} ${top}L${x1} ${top}L${x1} ${top + b}C${middle} ${top + b} ${middle} ${top + a} ${x0} ${top + a}Z` });
      const lost = Math.min(left, Math.max(0, before - people));
      const w = x1 - x0;
      // From the ribbon's lower edge up: who left, who waits, who went on.
      const edge = top + a - thick(lost);
      if (edge - (top + b) > 1) {
        waiting.push({ stage: to, path: path`M${x0} ${top + b}L${x0 + w * 0.45} ${top + b}L${x0 + w * 0.45} ${edge}L${x0} ${edge}Z` });
      }
      if (lost > 0) {
        const floor = height - 1;
        const bend = path`M${x0} ${top + a}C${x0 + w * 0.2} ${top + a} ${x0 + w * 0.24} ${floor} ${x0 + w * 0.62} ${floor}`;
        tails.push({
          from,
          to,
          path: `${bend}${path`C${x0 + w * 0.34} ${floor} ${x0 + w * 0.38} ${edge} ${x0} ${edge}Z`}`,
          x: x0 + w * 0.6,
        });
      }
    }
    if (people !== null) from = to;
  });
  return { bands, tails, waiting, asides };
}

export interface Point {
  x: number;
  y: number;
  stage: number;
  value: number;
}

/** A track of feeling, −2 … +2, cut where it is not known. */
export function layTrack(columns: Column[], values: (number | null)[], height: number): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  values.forEach((value, stage) => {
    const column = columns[stage];
    if (value === null || !column) {
      if (run.length > 0) runs.push(run);
      run = [];
      return;
    }
    run.push({ stage, value, x: round(column.centre), y: feelingY(value, height) });
  });
  return run.length > 0 ? [...runs, run] : runs;
}

export function feelingY(value: number, height: number): number {
  const held = Math.max(-2, Math.min(2, value));
  return round(height / 2 - (held / 2) * (height / 2 - 14));
}

function path(parts: TemplateStringsArray, ...numbers: number[]): string {
  return parts.reduce((text, part, i) => text + part + (i < numbers.length ? round(numbers[i] ?? 0) : ''), '');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { describe, expect, it } from 'vitest';
import { feelingY, foldedWidth, layColumns, layRibbon, layTrack, narrowest } from './geometry';

const open = (n: number) => Array.from({ length: n }, () => false);

describe('columns', () => {
  it('eight stages fit a screen of 1440 px beside the rail and the names of the lanes', () => {
    const available = 1440 - 64 - 2 * 22 - 86;
    expect(layColumns(open(8), available).width).toBeLessThanOrEqual(available);
  });

  it('are never narrower than can be read, and scroll instead', () => {
    const { columns, width } = layColumns(open(12), 900);
    expect(columns.every((column) => column.width === narrowest)).toBe(true);
    expect(width).toBeGreaterThan(900);
  });

  it('fill the space to its last pixel', () => {
    for (const stages of [3, 7, 8]) expect(layColumns(open(stages), 1237).width).toBe(1237);
    expect(layColumns([true, false, false], 1000).width).toBe(1000);
  });

  it('a folded stage gives its space to the others', () => {
    const { columns } = layColumns([false, true, false], 1000);
    expect(columns[1]?.width).toBe(foldedWidth);
    expect(columns[0]?.width).toBeGreaterThan(layColumns(open(3), 1000).columns[0]?.width ?? 0);
  });
});

describe('the ribbon', () => {
  const { columns } = layColumns(open(4), 800);
  const stages = (reached: (number | null)[], left: number[] = []) => reached.map((people, i) => ({ reached: people, left: left[i] ?? 0, optional: false }));

  it('is as wide as there are people, and drops those who left', () => {
    const { bands, tails } = layRibbon(columns, stages([100, 50, 50, 0], [0, 50, 0, 50]), 64);
    expect(bands.map((band) => [band.from, band.to])).toEqual([[0, 1], [1, 2], [2, 3]]);
    expect(tails.map((tail) => tail.from)).toEqual([0, 2]);
    expect(bands[0]?.path).toContain(`L${columns[1]?.centre} ${1 + 25}`); // half of 64 − 14
  });

  it('passes over a stage that is not measured', () => {
    expect(layRibbon(columns, stages([null, 100, null, 40]), 64).bands.map((band) => [band.from, band.to])).toEqual([[1, 3]]);
  });

  it('is absent where nobody is known to be', () => {
    expect(layRibbon(columns, stages([null, null, null, null]), 64)).toEqual({ bands: [], tails: [], waiting: [], asides: [] });
  });

  it('keeps those who are still on the way apart from those who left', () => {
    const { tails, waiting } = layRibbon(columns, stages([100, 40, 40, 10], [0, 20, 0, 30]), 64);
    expect(tails.map((tail) => tail.to)).toEqual([1, 3]);
    expect(waiting.map((block) => block.stage)).toEqual([1]);
  });

  it('goes past an optional stage, and marks its people', () => {
    const optional = stages([100, 20, 60, 30], [0, 0, 40, 30]).map((stage, i) => ({ ...stage, optional: i === 1 }));
    const { bands, asides } = layRibbon(columns, optional, 64);
    expect(bands.map((band) => [band.from, band.to])).toEqual([[0, 2], [2, 3]]);
    expect(asides.map((block) => block.stage)).toEqual([1]);
  });
});

describe('the curve of feeling', () => {
  const { columns } = layColumns(open(4), 800);

  it('is cut where it is unknown, and never drawn as zero', () => {
    const runs = layTrack(columns, [1, null, -1, 0], 100);
    expect(runs.map((run) => run.map((point) => point.stage))).toEqual([[0], [2, 3]]);
  });

  it('good is up, and nothing leaves the frame', () => {
    expect(feelingY(2, 100)).toBeLessThan(feelingY(-2, 100));
    expect(feelingY(9, 100)).toBe(feelingY(2, 100));
  });
});

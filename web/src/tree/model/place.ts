// Where the blocks of a tree stand on the canvas, in pixels at a zoom of 1. Their order
// is dagre's, which lets few lines cross; each rank is set close and in the middle, so
// that a tree is as narrow as it can be. Somebody's own place for a metric wins.
import { Graph, layout } from '@dagrejs/dagre';
import type { TreeAnswer } from '../../api/tree';
import type { Block, Rank, Row } from './arrange';
import type { Join } from './joins';
import { linesOf } from './lines';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed {
  boxes: Map<string, Box>; // of every row, and of every framed block
  /** Where the corner of the canvas is, as own places count: from the middle of the top. */
  corner: { x: number; y: number };
  width: number;
  height: number;
}

export const columnWidth = 214;
const starWidth = 300;
const frameEdge = 11;
const frameHead = 46;
const gapAcross = 16;
const gapInside = 8;
const gapFamily = 4;
/** Room for the lines between two ranks, and for their words. */
const gapDown: Record<Rank, number> = { star: 92, input: 48, below: 0 };
const indent = 22;

export function place(blocks: Block[], joins: Join[], own: TreeAnswer['layout']): Placed {
  const inside = new Map(blocks.map((block) => [block.key, stack(block, own)]));
  const order = across(blocks, joins, inside);
  const boxes = new Map<string, Box>();
  let top = 0;
  for (const rank of ['star', 'input', 'below'] as const) {
    const of = blocks.filter((block) => block.rank === rank).toSorted((a, b) => order(a) - order(b));
    if (of.length === 0) continue;
    const whole = of.reduce((sum, { key }) => sum + sizeOf(inside, key).width + gapAcross, -gapAcross);
    let right = -whole / 2;
    for (const block of of) {
      const { width, height, rows } = sizeOf(inside, block.key);
      const left = right;
      right += width + gapAcross;
      if (block.rank === 'below') boxes.set(block.key, { x: left, y: top, width, height });
      for (const [key, row] of rows) boxes.set(key, { ...row, x: left + row.x, y: top + row.y });
    }
    top += Math.max(...of.map(({ key }) => sizeOf(inside, key).height)) + gapDown[rank];
  }
  for (const [key, { x, y }] of Object.entries(own)) {
    const box = boxes.get(key);
    if (box) boxes.set(key, { ...box, x, y });
  }
  return fromZero(boxes);
}

interface Stack {
  width: number;
  height: number;
  rows: Map<string, Box>; // from the block's own corner
}

function sizeOf(inside: Map<string, Stack>, key: string): Stack {
  return inside.get(key) ?? { width: 0, height: 0, rows: new Map<string, Box>() };
}

/**
 * The rows of a block below each other, parts of formulas indented; framed where it is
 * no single metric. What somebody set elsewhere leaves no gap.
 */
function stack(block: Block, own: TreeAnswer['layout']): Stack {
  const framed = block.rank === 'below';
  const [left, wide] = [framed ? frameEdge : 0, block.rank === 'star' ? starWidth : columnWidth];
  const rows = new Map<string, Box>();
  let y = framed ? frameHead : 0;
  let isFirst = true;
  for (const row of block.rows) {
    const isElsewhere = framed && row.key in own;
    if (!isFirst && !isElsewhere) y += row.is === 'metric' && row.depth > 0 ? gapFamily : row.is === 'strategy' ? gapInside * 2 : gapInside;
    const inset = row.is === 'metric' ? Math.min(row.depth, 3) * indent : 0;
    const height = heightOf(row, block.rank);
    rows.set(row.key, { x: left + inset, y, width: wide - inset, height });
    if (isElsewhere) continue;
    y += height;
    isFirst = false;
  }
  return { width: wide + 2 * left, height: y + (framed ? frameEdge : 0), rows };
}

function heightOf(row: Row, rank: Rank): number {
  if (row.is === 'strategy') return row.strategy.steps.length > 0 ? 60 : 40;
  if (row.is === 'mention') return 28;
  const { standing, badges } = linesOf(row.node);
  const lines = (standing ? 19 : 0) + (badges ? 23 : 0);
  if (row.depth > 0) return 34 + lines;
  return (rank === 'star' ? 74 : 60) + lines;
}

/** How far right dagre puts each block. */
function across(blocks: Block[], joins: Join[], inside: Map<string, Stack>): (block: Block) => number {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: gapAcross, edgesep: 2, ranksep: 40 });
  graph.setDefaultEdgeLabel(() => ({}));
  const homes = new Map(blocks.flatMap((block) => block.rows.map((row) => [row.key, block] as const)));
  for (const { key } of blocks) graph.setNode(key, { width: sizeOf(inside, key).width, height: 10 });
  const stars = blocks.filter(({ rank }) => rank === 'star');
  const inputs = blocks.filter(({ rank }) => rank === 'input');
  const below = blocks.filter(({ rank }) => rank === 'below');
  for (const star of stars) for (const input of inputs) graph.setEdge(star.key, input.key, { weight: 2 });
  const depth = inputs.length > 0 ? 2 : 1;
  for (const block of below) {
    // What nothing holds would float up; it hangs on the star by a line that is not drawn.
    for (const star of stars) graph.setEdge(star.key, block.key, { weight: 0, minlen: depth });
    for (const join of joins) {
      const [from, to] = [homes.get(join.from), homes.get(join.to)];
      const input = from?.rank === 'input' ? from : to?.rank === 'input' ? to : undefined;
      if (input && (from === block || to === block)) graph.setEdge(input.key, block.key, { weight: 1 });
    }
  }
  layout(graph);
  return ({ key }) => graph.node(key).x ?? 0;
}

function fromZero(boxes: Map<string, Box>): Placed {
  const all = [...boxes.values()];
  const left = Math.min(0, ...all.map(({ x }) => x));
  const top = Math.min(0, ...all.map(({ y }) => y));
  const moved = new Map([...boxes].map(([key, box]) => [key, { ...box, x: box.x - left, y: box.y - top }]));
  return { boxes: moved, corner: { x: left, y: top }, width: Math.max(0, ...all.map(({ x, width }) => x + width)) - left, height: Math.max(0, ...all.map(({ y, height }) => y + height)) - top };
}

// A dashboard as it is written, and what may be done to it. Nothing here changes what
// it is given.
import type { Grain } from '../api/metric';
import type { LocalizedText } from '../api/types';

export const columns = 12;

export const tileKinds = ['metric', 'journey', 'tree', 'retention', 'text'] as const;
export type TileKind = (typeof tileKinds)[number];

export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Tile extends Place {
  id: string;
  kind: TileKind;
  metric?: string;
  journey?: string;
  tree?: string;
  table?: string; // a definition of kind Retention
  text?: LocalizedText; // Markdown
  show?: string;
  grain?: Grain;
  periods?: number;
  breakdown?: string;
}

export interface Dashboard {
  kind: 'Dashboard';
  id: string;
  name?: LocalizedText;
  description?: LocalizedText;
  owner?: string[];
  shared?: boolean;
  tiles?: Tile[];
}

export interface DashboardSummary { // GET /api/v1/dashboards → { items }
  id: string;
  name: LocalizedText;
  description: LocalizedText;
  owner: string[];
  shared: boolean;
  tiles: number;
  version: number;
  status: 'proposed' | 'approved';
  author: string;
  at: string;
  madeBy: string;
  mine: boolean;
}

/** What a tile shows, wherever it lies. */
export type Contents = Omit<Tile, 'id' | keyof Place>;

/** The ways in which a kind is shown, the usual one first; none: there is only one. */
export const shows: Partial<Record<TileKind, readonly string[]>> = {
  metric: ['course', 'number', 'table'],
  journey: ['ribbon', 'table'],
  tree: ['star', 'constellation', 'matrix'],
};

export function showOf(tile: Tile): string {
  return tile.show ?? shows[tile.kind]?.[0] ?? '';
}

/** The definition that a tile shows, as the ledger names it; null of a text. */
export function shownBy(tile: Tile): { kind: string; id: string } | null {
  switch (tile.kind) {
    case 'metric':
      return { kind: 'Metric', id: tile.metric ?? '' };
    case 'journey':
      return { kind: 'Journey', id: tile.journey ?? '' };
    case 'tree':
      return { kind: 'Tree', id: tile.tree ?? '' };
    case 'retention':
      return { kind: 'Retention', id: tile.table ?? '' };
  }
  return null;
}

/** The fields that name what a tile of a kind shows. */
export function showing(kind: TileKind, id: string): Partial<Tile> {
  switch (kind) {
    case 'metric':
      return { metric: id };
    case 'journey':
      return { journey: id };
    case 'tree':
      return { tree: id };
    case 'retention':
      return { table: id };
  }
  return { text: id };
}

/** How large a tile is at first. */
export function sizeOf(kind: TileKind, show: string): { w: number; h: number } {
  if (kind === 'text') return { w: 4, h: 3 };
  if (show === 'number') return { w: 3, h: 3 };
  if (kind === 'journey') return { w: 12, h: 4 };
  if (kind === 'tree') return show === 'matrix' ? { w: 12, h: 6 } : { w: show === 'star' ? 7 : 5, h: 5 };
  return kind === 'retention' ? { w: 12, h: 7 } : { w: 6, h: 5 };
}

const overlap = (a: Place, b: Place) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const inReadingOrder = (a: Place, b: Place) => a.y - b.y || a.x - b.x;

/** A place inside the grid. */
export function held({ x, y, w, h }: Place): Place {
  const width = Math.max(1, Math.min(columns, w));
  return { w: width, h: Math.max(1, Math.min(40, h)), x: Math.max(0, Math.min(columns - width, x)), y: Math.max(0, y) };
}

/**
 * The tiles with one of them at another place: what it would lie on moves down, and
 * everything then moves up as far as there is room, so that no gap is left. Tiles keep
 * the order they are written in.
 */
export function placed(tiles: Tile[], id: string, place: Place): Tile[] {
  const moved = tiles.find((tile) => tile.id === id);
  if (!moved) return tiles;
  const laid: Tile[] = [{ ...moved, ...held(place) }];
  for (const tile of tiles.filter((each) => each.id !== id).toSorted(inReadingOrder)) laid.push(dropped(tile, laid));
  const up: Tile[] = [];
  // Of two in the same row the one that was moved goes first: that is where it was put.
  for (const tile of laid.toSorted((a, b) => a.y - b.y || Number(b.id === id) - Number(a.id === id) || a.x - b.x)) up.push(raised(tile, up));
  return tiles.map((tile) => up.find((each) => each.id === tile.id) ?? tile);
}

function dropped(tile: Tile, others: Tile[]): Tile {
  let now = tile;
  for (let under = others.find((each) => overlap(each, now)); under; under = others.find((each) => overlap(each, now))) now = { ...now, y: under.y + under.h };
  return now;
}

function raised(tile: Tile, others: Tile[]): Tile {
  let now = tile;
  while (now.y > 0 && !others.some((each) => overlap(each, { ...now, y: now.y - 1 }))) now = { ...now, y: now.y - 1 };
  return now;
}

/** The first place, row by row, that has room for a tile of a size. */
export function roomFor(tiles: Tile[], { w, h }: { w: number; h: number }): Place {
  for (let y = 0; ; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const place = { x, y, w, h };
      if (!tiles.some((tile) => overlap(tile, place))) return place;
    }
  }
}

/** An id that no tile has. */
export function freeTileId(tiles: Pick<Tile, 'id'>[], kind: TileKind): string {
  for (let n = 1; ; n++) if (!tiles.some(({ id }) => id === `${kind}-${n}`)) return `${kind}-${n}`;
}

/** With one more tile, where there is room for it. */
export function added(dashboard: Dashboard, contents: Contents, id?: string): Dashboard {
  const tiles = dashboard.tiles ?? [];
  const place = roomFor(tiles, sizeOf(contents.kind, contents.show ?? shows[contents.kind]?.[0] ?? ''));
  return { ...dashboard, tiles: [...tiles, { id: id ?? freeTileId(tiles, contents.kind), ...contents, ...place }] };
}

export function removed(dashboard: Dashboard, id: string): Dashboard {
  const rest = (dashboard.tiles ?? []).filter((tile) => tile.id !== id);
  const first = rest.toSorted(inReadingOrder)[0];
  return { ...dashboard, tiles: first ? placed(rest, first.id, first) : rest };
}

/** A tile with other contents at its place. */
export function replaced(dashboard: Dashboard, id: string, contents: Contents): Dashboard {
  return { ...dashboard, tiles: (dashboard.tiles ?? []).map((tile) => (tile.id === id ? { ...contents, id, x: tile.x, y: tile.y, w: tile.w, h: tile.h } : tile)) };
}

export function moved(dashboard: Dashboard, id: string, place: Place): Dashboard {
  return { ...dashboard, tiles: placed(dashboard.tiles ?? [], id, place) };
}

/** In the order in which they are read: on a phone one under the other. */
export function asRead(tiles: Tile[]): Tile[] {
  return tiles.toSorted(inReadingOrder);
}

/** One change of a dashboard, for the reason that is proposed. */
export type Step =
  | { what: 'added' | 'removed' | 'edited'; tile: Tile }
  | { what: 'laid' | 'named' | 'shared' | 'unshared' };

/** What differs between two drafts, in the order in which people would tell it. */
export function stepsBetween(before: Dashboard, after: Dashboard): Step[] {
  const [old, now] = [before.tiles ?? [], after.tiles ?? []];
  const was = (tile: Tile) => old.find(({ id }) => id === tile.id);
  const steps: Step[] = [];
  for (const tile of now) if (!was(tile)) steps.push({ what: 'added', tile });
  for (const tile of old) if (!now.some(({ id }) => id === tile.id)) steps.push({ what: 'removed', tile });
  for (const tile of now) {
    const earlier = was(tile);
    if (earlier && contents(earlier) !== contents(tile)) steps.push({ what: 'edited', tile });
  }
  if (now.some((tile) => isElsewhere(tile, was(tile)))) steps.push({ what: 'laid' });
  if (JSON.stringify([before.name, before.description]) !== JSON.stringify([after.name, after.description])) steps.push({ what: 'named' });
  if ((before.shared ?? false) !== (after.shared ?? false)) steps.push({ what: after.shared ? 'shared' : 'unshared' });
  return steps;
}

const isElsewhere = (tile: Tile, before: Tile | undefined) =>
  before !== undefined && (tile.x !== before.x || tile.y !== before.y || tile.w !== before.w || tile.h !== before.h);

/** What a tile shows, without where it lies. */
function contents(tile: Tile): string {
  const shown = Object.entries(tile).filter(([field, value]) => value !== undefined && !['id', 'x', 'y', 'w', 'h'].includes(field));
  return JSON.stringify(shown.toSorted(([a], [b]) => a.localeCompare(b)));
}

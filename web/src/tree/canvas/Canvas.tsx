// The tree on a canvas that is as high as the tree: the page scrolls it, and at a zoom
// of one's own it is moved by hand. A chunk of its own: React Flow and dagre are
// fetched when a tree is first looked at. The table has the same.
import { ConnectionMode, Position, ReactFlow, ReactFlowProvider, useReactFlow, type NodeHandle, type XYPosition } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../../api/tree';
import { arrange, objectiveKey, type Block } from '../model/arrange';
import { joinedTo, joinsOf, type Join } from '../model/joins';
import { place, type Box, type Placed } from '../model/place';
import { neighbour, type Direction } from '../model/walk';
import { useEditing } from '../useEditing';
import type { ViewProps } from '../views';
import { FrameSpot, MentionSpot, MetricSpot, StrategySpot, type CardNode } from './cards';
import { JoinLine, type JoinEdge } from './JoinLine';
import { Legend } from './Legend';
import { LightContext, type Light } from './light';
import { useFitted, zooms } from './useFitted';
import styles from './Canvas.module.css';

const nodeTypes = { metric: MetricSpot, strategy: StrategySpot, mention: MentionSpot, frame: FrameSpot };
const edgeTypes = { join: JoinLine };
const directions: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

export default function Canvas(props: ViewProps) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

function Drawn({ answer, selected, onSelect, faults }: ViewProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const { blocks, joins, placed, nodes, edges } = useMemo(() => draw(answer), [answer]);
  const [held, hold] = useState<{ id: string; position: XYPosition } | null>(null);
  const shown = useMemo(() => (held ? nodes.map((node) => (node.id === held.id ? { ...node, position: held.position, zIndex: 9 } : node)) : nodes), [nodes, held]);
  const box = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const { width, height, onMove, zoomBy, fit } = useFitted(box, placed);
  const [hovered, look] = useState<string | null>(null);
  const [stands, stand] = useState<string>();
  const first = blocks[0]?.rows[0]?.key ?? blocks[0]?.key ?? '';
  const tabStop = stands !== undefined && placed.boxes.has(stands) ? stands : selected !== undefined && placed.boxes.has(selected) ? selected : first;
  const at = hovered ?? (selected !== undefined && placed.boxes.has(selected) ? selected : null);
  const light = useMemo<Light>(
    () => ({ at: whole(at), lit: at === null ? null : lightOf(at, joins), selected, tabStop, faults, look, stand, select: (key) => onSelect(key === selected ? undefined : key) }),
    [at, joins, selected, tabStop, faults, onSelect],
  );

  const reveal = useCallback(
    (key: string, focus: boolean) => {
      const element = box.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(key)}"]`);
      const own = placed.boxes.get(key);
      if (!element || !own) return;
      const { x, zoom } = flow.getViewport();
      const [left, right] = [own.x * zoom + x, (own.x + own.width) * zoom + x];
      const over = left < 8 ? 8 - left : right > width - 8 ? width - 8 - right : 0;
      if (over !== 0) void flow.setViewport({ ...flow.getViewport(), x: x + over });
      if (focus) element.focus({ preventScroll: true });
      scrollTo(element);
    },
    [flow, placed, width],
  );
  useEffect(() => {
    if (selected !== undefined) reveal(selected, false);
  }, [selected, reveal]);

  /** Sets a metric's card where it was let go of, counted from the middle of the top. */
  const put = (metric: string, position: XYPosition | undefined) => {
    if (!editing || !position || !answer.nodes.some((node) => node.metric === metric)) return;
    editing.perform({ do: 'place', metric, at: { x: position.x + placed.corner.x, y: position.y + placed.corner.y } });
  };
  /** A line that was drawn says what people believe; one that is there already is only looked at. */
  const connect = (source: string, target: string | undefined) => {
    if (!editing || target === undefined || source === target || !answer.nodes.some(({ metric }) => metric === target)) return;
    if (!editing.tree.influences?.some(({ from, to }) => from === source && to === target)) editing.perform({ do: 'influence', influence: { from: source, to: target, sign: '+' } });
    editing.select(source);
  };
  const press = (event: KeyboardEvent) => {
    const direction = directions[event.key];
    const here = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-card]')?.dataset.card : undefined;
    if (!direction || here === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.altKey) return put(here, aside(placed.boxes.get(here), direction));
    const next = neighbour(here, direction, placed.boxes, joins);
    if (next !== null) reveal(next, true);
  };

  return (
    <LightContext value={light}>
      <Legend onZoom={zoomBy} onFit={fit} />
      {/* The keys of the cards inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div ref={box} className={styles.canvas} style={{ height }} onKeyDown={press}>
        <ReactFlow<CardNode, JoinEdge>
          aria-label={t('canvas.title')}
          nodes={shown}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onMove={onMove}
          minZoom={zooms.least}
          maxZoom={zooms.most}
          connectionMode={ConnectionMode.Loose}
          nodesDraggable={editing !== null}
          nodesConnectable={editing !== null}
          nodeDragThreshold={4}
          onNodeDrag={(_, { id, position }) => hold({ id, position })}
          onNodeDragStop={(_, { id, position }) => {
            hold(null);
            put(id, position);
          }}
          // Anywhere on a card will do, not only its dot.
          onConnectEnd={(event, { fromNode }) => fromNode && connect(fromNode.id, cardAt(event))}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          onPaneClick={() => onSelect(undefined)}
        />
      </div>
    </LightContext>
  );
}

/** The metric whose card the pointer is let go over. */
function cardAt(event: MouseEvent | TouchEvent): string | undefined {
  const { clientX, clientY } = 'changedTouches' in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
  const key = document.elementFromPoint(clientX, clientY)?.closest('.react-flow__node')?.getAttribute('data-id');
  return whole(key ?? null) ?? undefined;
}

const stride = 24;

/** A card's corner a little further that way. */
function aside(box: Box | undefined, direction: Direction): XYPosition | undefined {
  const by = { up: [0, -stride], down: [0, stride], left: [-stride, 0], right: [stride, 0] }[direction];
  return box && { x: box.x + (by[0] ?? 0), y: box.y + (by[1] ?? 0) };
}

/** Scrolls the page so far that a card is seen; its own box must not scroll. */
function scrollTo(element: HTMLElement): void {
  const page = element.closest<HTMLElement>('[data-scrolls]');
  if (!page) return;
  const [card, frame] = [element.getBoundingClientRect(), page.getBoundingClientRect()];
  const over = card.top < frame.top + 12 ? card.top - frame.top - 12 : card.bottom > frame.bottom - 12 ? Math.min(card.bottom - frame.bottom + 12, card.top - frame.top - 12) : 0;
  if (over !== 0) page.scrollBy({ top: over, behavior: 'smooth' });
}

/** The metric that a mention speaks of; anything else as it is. */
function whole(key: string | null): string | null {
  return key === null ? null : (key.split('>')[1] ?? key);
}

function lightOf(key: string, joins: Join[]): Set<string> {
  const lit = joinedTo(whole(key) ?? key, joins);
  lit.add(key);
  // The mentions of what is lit, where their strategy is.
  for (const { from, to, is } of joins) if (is === 'structure' && lit.has(from) && lit.has(to)) lit.add(`${to}>${from}`);
  return lit;
}

interface Drawing {
  blocks: Block[];
  joins: Join[];
  placed: Placed;
  nodes: CardNode[];
  edges: JoinEdge[];
}

/** The tree as React Flow takes it. */
function draw(answer: TreeAnswer): Drawing {
  const blocks = arrange(answer);
  const joins = joinsOf(answer);
  const placed = place(blocks, joins, answer.layout);
  const nodes = blocks.flatMap((block) => {
    const frame = block.rank === 'below' ? nodeOf(placed, block.key, { type: 'frame', data: { objective: block.objective ?? null } }, -1) : [];
    return [
      ...frame,
      ...block.rows.flatMap((row) => {
        if (row.is === 'metric') return nodeOf(placed, row.key, { type: 'metric', data: { row, rank: block.rank } });
        if (row.is === 'strategy') return nodeOf(placed, row.key, { type: 'strategy', data: { row } });
        return nodeOf(placed, row.key, { type: 'mention', data: { row } });
      }),
    ];
  });
  return { blocks, joins, placed, nodes, edges: linesOf(answer, blocks, joins, placed) };
}

type Kind = CardNode extends infer One ? (One extends CardNode ? Pick<One, 'type' | 'data'> : never) : never;

function nodeOf(placed: Placed, id: string, kind: Kind, zIndex = 1): CardNode[] {
  const own = placed.boxes.get(id);
  if (!own) return [];
  const { x, y, width, height } = own;
  return [{ id, position: { x, y }, width, height, measured: { width, height }, handles: handlesOf(own), zIndex, ...(kind.type !== 'metric' && { draggable: false }), ...kind } as CardNode];
}

function handlesOf({ width, height }: Box): NodeHandle[] {
  const one = (id: string, position: Position, y: number): NodeHandle => ({ id, type: 'source', position, x: width / 2, y, width: 1, height: 1 });
  return [one('top', Position.Top, 0), one('bottom', Position.Bottom, height)];
}

const apart = 44;

function linesOf(answer: TreeAnswer, blocks: Block[], joins: Join[], { boxes }: Placed): JoinEdge[] {
  const blockOf = new Map(blocks.flatMap((block) => [[block.key, block] as const, ...block.rows.map((row) => [row.key, block] as const)]));
  const depthOf = new Map(blocks.flatMap(({ rows }) => rows.map((row) => [row.key, row.is === 'metric' ? row.depth : 0] as const)));
  const pairs = new Map<string, number>();
  const isOwn = (key: string) => key in answer.layout;
  const seen = new Set<string>();
  return joins.flatMap((join): JoinEdge[] => {
    const [from, to] = [blockOf.get(join.from), blockOf.get(join.to)];
    if (!from || !to) return [];
    let { to: target } = join;
    if (join.is === 'structure') {
      // Inside a frame nesting says it; from outside one line leads to the frame.
      if (from === to) return [];
      target = to.objective ? objectiveKey(to.objective.id) : to.key;
    }
    const id = join.is === 'structure' ? `structure:${join.from}>${target}` : join.id;
    if (seen.has(id) || !boxes.has(target)) return [];
    seen.add(id);
    const pair = [join.from, target].toSorted().join(' ');
    const before = pairs.get(pair) ?? 0;
    pairs.set(pair, before + 1);
    const bracket = join.is === 'arithmetic' && from === to && (depthOf.get(join.from) ?? 0) === (depthOf.get(join.to) ?? 0) + 1 && !isOwn(join.from) && !isOwn(join.to);
    const isNear = (from.rank === 'star' && to.rank === 'input') || (from.rank === 'input' && to.rank === 'star');
    const offset = before === 0 ? 0 : (before % 2 === 1 ? 1 : -1) * Math.ceil(before / 2) * apart * 2;
    return [{ id, type: 'join', source: join.from, target, data: { join, grain: answer.grain, bracket, far: join.is !== 'structure' && !isNear && !bracket, offset } }];
  });
}

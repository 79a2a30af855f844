import { describe, expect, it } from 'vitest';
import { answer, node } from '../fixture';
import { seenAs, withNames } from '../start/starter';
import { parseAddress, searchOf } from './address';
import { arrange } from './arrange';
import { joinedTo, joinsOf } from './joins';
import { place } from './place';
import { bracketRoute, curveRoute } from './route';
import { neighbour } from './walk';

const keysOf = (of = answer) => arrange(of).map(({ key, rows }) => [key, rows.map((row) => (row.is === 'metric' ? `${'·'.repeat(row.depth)}${row.key}` : row.key))]);

describe('the arrangement of a tree', () => {
  it('has the star, the constellation in its order, the objectives, and the rest', () => {
    expect(keysOf()).toEqual([
      ['star', ['star']], ['rate', ['rate']], ['visits', ['visits']], ['signed', ['signed']],
      ['objective:grow', ['strategy:grow/partners', 'strategy:grow/partners>rate', 'basket', '·revenue', 'strategy:grow/shops', 'fans']],
      ['rest', ['refunds']],
    ]);
  });

  it('has every metric once, also where formulas share a part or are made of each other', () => {
    const arithmetic = (from: string, to: string) => ({ from, to, kind: 'arithmetic' as const, operator: '*' as const, adds: false });
    const odd = { ...answer, nodes: [...answer.nodes, node('a', { roles: ['component'] }), node('b', { roles: ['component'] })], edges: [arithmetic('a', 'rate'), arithmetic('a', 'basket'), arithmetic('b', 'a'), arithmetic('a', 'b'), arithmetic('star', 'rate')] };
    const metrics = arrange(odd).flatMap(({ rows }) => rows.flatMap((row) => (row.is === 'metric' ? [row.key] : [])));
    expect(metrics.toSorted()).toEqual(odd.nodes.map(({ metric }) => metric).toSorted());
    expect(keysOf(odd)[1]).toEqual(['rate', ['rate', '·a', '··b']]);
  });
});

describe('the places of a tree', () => {
  const blocks = arrange(answer);
  const { boxes, width, height } = place(blocks, joinsOf(answer), {});

  it('overlap nowhere but in their frames, and lie on the canvas', () => {
    const cards = [...boxes].filter(([key]) => key !== 'rest' && !key.startsWith('objective:'));
    for (const [key, a] of cards) {
      expect([a.x >= 0, a.y >= 0, a.x + a.width <= width, a.y + a.height <= height], key).toEqual([true, true, true, true]);
      for (const [other, b] of cards) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart || key === other, `${key} and ${other}`).toBe(true);
      }
    }
  });

  it('set the ranks below each other, each in the middle', () => {
    const [star, rate, grow] = ['star', 'rate', 'objective:grow'].map((key) => boxes.get(key));
    expect((star?.y ?? 0) < (rate?.y ?? 0) && (rate?.y ?? 0) < (grow?.y ?? 0)).toBe(true);
    expect((star?.x ?? 0) + (star?.width ?? 0) / 2).toBeCloseTo(width / 2);
  });

  it('give way to those that somebody chose, also left of everything', () => {
    const own = place(blocks, joinsOf(answer), { visits: { x: -500, y: 40 }, gone: { x: 1, y: 1 } });
    expect(own.boxes.get('visits')?.x).toBe(0);
    expect(own.boxes.has('gone')).toBe(false);
    const without = place(blocks, joinsOf(answer), { fans: { x: 900, y: 0 } });
    expect(without.boxes.get('objective:grow')?.height).toBeLessThan(boxes.get('objective:grow')?.height ?? 0);
    expect(own.boxes.get('star')?.x).toBeGreaterThan(boxes.get('star')?.x ?? 0);
  });
});

describe('what is joined', () => {
  const joins = joinsOf(answer);

  it('is drawn once: an input that influences the star needs no line for belonging to it', () => {
    expect(joins.filter(({ is }) => is === 'input').map(({ from }) => from)).toEqual(['signed']);
    expect(new Set(joins.map(({ id }) => id)).size).toBe(joins.length);
  });

  it('reaches over a strategy to its objective, and from an objective to all its measures', () => {
    expect([...joinedTo('fans', joins)].toSorted()).toEqual(['fans', 'objective:grow', 'strategy:grow/shops']);
    expect([...joinedTo('objective:grow', joins)].toSorted()).toEqual(['basket', 'fans', 'objective:grow', 'rate', 'strategy:grow/partners', 'strategy:grow/shops']);
    expect(joinedTo('revenue', joins).has('star')).toBe(false);
  });

  it('is where the arrows lead', () => {
    const { boxes } = place(arrange(answer), joins, {});
    expect(neighbour('revenue', 'up', boxes, joins)).toBe('basket');
    expect(neighbour('rate', 'up', boxes, joins)).toBe('star');
    expect(neighbour('star', 'up', boxes, joins)).toBeNull();
    const row = ['rate', 'visits', 'signed'].toSorted((a, b) => (boxes.get(a)?.x ?? 0) - (boxes.get(b)?.x ?? 0));
    expect(neighbour(row[0] ?? '', 'right', boxes, joins)).toBe(row[1]);
    expect(neighbour(row[1] ?? '', 'left', boxes, joins)).toBe(row[0]);
  });

  it('is a bracket for a part below its whole, and a curve from the upper card to the lower', () => {
    const [upper, lower] = [{ x: 0, y: 0, width: 100, height: 40 }, { x: 20, y: 60, width: 80, height: 20 }];
    expect(bracketRoute(lower, upper).path).toBe('M20 70H10V40');
    expect(curveRoute(lower, upper)).toEqual(curveRoute(upper, lower));
    expect(curveRoute(upper, lower).path).toBe('M50 40C50 50 60 50 60 60');
    expect(curveRoute({ ...upper, x: 300 }, upper).path).toBe('M100 20C200 20 200 20 300 20');
  });
});

describe('the address of a tree', () => {
  it('is read and written, and leaves out what it does not understand', () => {
    const search = { view: 'table', metric: 'rate', asOf: '2026-10-01', grain: 'month', periods: '6', segment: '{"channel":"email"}', edit: '1' };
    expect(searchOf(parseAddress(search))).toEqual(search);
    expect(parseAddress({ view: 'globe', asOf: 'soon', grain: 'moon', periods: '-1', segment: '[]' })).toEqual({ view: 'tree', edit: false });
    expect(Object.values(searchOf({ view: 'tree', edit: false })).every((value) => value === undefined)).toBe(true);
  });
});

describe('the names of a starter\'s events', () => {
  it('are replaced wherever an event is named, and nowhere else', () => {
    const body = { event: 'A', name: 'A', when: [{ event: 'B', where: { event: 'A' } }] };
    expect(withNames(body, { A: ' Mine ', B: '' })).toEqual({ event: 'Mine', name: 'A', when: [{ event: 'B', where: { event: 'Mine' } }] });
  });

  it('are found among those that were seen, whatever their case', () => {
    expect(seenAs('Order Paid', ['order_paid', 'Order Paid'])).toBe('Order Paid');
    expect(seenAs('Order Paid', ['order_paid'])).toBe('order_paid');
    expect(seenAs('Order Paid', ['Order Sent'])).toBeUndefined();
  });
});

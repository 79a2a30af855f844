// The editor's model: definitions go through the form and come back as they were.
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../api/metric';
import { same } from '../../../drawing/same';
import { measureOf, measures } from '../../model';
import { changesOf, rebased } from './changes';
import { compared } from './comparison';
import { at, blank, put, type Path } from './definition';
import { alternativeOf, fitsRows, freshAlternative, patternsIn, rewritten, withPatterns, type Events } from './events';
import { apartFrom, byField, fieldsOf } from './faults';
import { completed, meant, placeOf, tokens, wordAt } from './formula';
import { idProblem, proposedId } from './id';
import { mainCurrency, turned } from './measures';
import { missing } from './missing';
import { rewrittenIn, writtenIn } from './text';
import { lineOf, metricOf, textOf } from './yaml';

const files = import.meta.glob<string>('../../../../../internal/demo/metrics/*.yaml', { eager: true, query: '?raw', import: 'default' });
const samples = Object.entries(files).map(([path, text]): [string, Metric] => {
  const read = metricOf(text);
  if ('fault' in read) throw new Error(`${path} cannot be read`);
  return [path.replace(/^.*\//, ''), read.metric];
});
/** One of each measure, with every field it has. */
const all: Metric[] = [
  { count: { event: 'A', where: { channel: 'mail', 'properties.n': { gte: 2, lt: 9 } } }, cumulative: true, segment: { source: { in: ['web', 'app'] } } },
  { customers: { when: [{ event: 'A' }, { event: null, where: { 'traits.plan': { exists: false } } }], atLeast: 3 }, weekStart: 'sunday' },
  { active: { event: 'A', window: '28d', atLeast: 2 }, subject: 'properties.machine' },
  { sum: { event: 'A', of: 'cost', currency: 'TWD' }, unit: 'TWD', good: 'neither' },
  { average: { event: 'A', of: 'value', currency: 'JPY', per: 'customer' }, level: 2, owner: ['sales'] },
  { quantile: { when: [{ event: 'A' }], of: 'properties.seats', q: 0.9 }, grain: 'month' },
  { rate: { of: { event: 'B' }, from: { when: [{ event: 'A' }, { event: 'C' }] }, within: '14d' } },
  { conversion: { journey: 'j', from: 'a', to: 'b' } },
  { time: { journey: 'j', to: 'b', q: 0.75 } },
  { retention: { table: 't', interval: 3 } },
  { formula: 'a / (b - 2)', soWhat: { up: 'tell', down: { en: 'ask', 'zh-Hant': '問' } } },
].map((body, i) => ({ kind: 'Metric', id: `m${i}`, ...body }) as Metric);
const definitions = [...samples, ...all.map((metric): [string, Metric] => [measureOf(metric) ?? '', metric])];

/** Every events part of a metric, by its path. */
function eventParts(metric: Metric): Path[] {
  const measure = measureOf(metric);
  if (!measure || ['conversion', 'time', 'retention', 'formula'].includes(measure)) return [];
  return measure === 'rate' ? [['rate', 'of'], ['rate', 'from']] : [[measure]];
}

describe('a definition', () => {
  it('is there in all kinds', () => {
    expect(samples.length).toBeGreaterThan(20);
    expect(all.map(measureOf)).toEqual([...measures]);
  });

  it.each(definitions)('%s comes back the same, to the order of its fields, when every field puts back what it shows', (_, metric) => {
    let next = metric;
    const walk = (path: Path, value: unknown) => {
      if (path.length > 0) next = put(next, path, value);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) for (const [key, inner] of Object.entries(value)) walk([...path, key], inner);
    };
    walk([], metric);
    for (const path of eventParts(metric)) {
      const events = at(next, path) as Events;
      next = put(next, path, withPatterns(events, patternsIn(events).map(alternativeOf).map(({ written }) => written)));
    }
    expect(JSON.stringify(next)).toBe(JSON.stringify(metric));
    expect(next).toBe(metric);
  });

  it.each(definitions)('%s is said by rows as it is written, and comes back from them', (_, metric) => {
    for (const path of eventParts(metric)) {
      for (const pattern of patternsIn(at(metric, path) as Events)) {
        expect(fitsRows(pattern)).toBe(true);
        expect(same({ event: null, ...rewritten(alternativeOf(pattern).edited).written }, { event: null, ...pattern })).toBe(true);
      }
    }
  });

  it.each(definitions)('%s comes back from its text, in YAML and in JSON', (_, metric) => {
    for (const form of ['yaml', 'json'] as const) expect(metricOf(textOf(metric, form))).toEqual({ metric });
  });

  it.each(definitions)('%s keeps what the form does not know, whatever else is edited', (_, metric) => {
    const foreign = { note: { by: ['a', { b: null }] }, sources: [1, 'x'] };
    const edited = put(put(put({ ...metric, ...foreign }, ['level'], 3), ['soWhat', 'up'], 'x'), ['name', 'en'], 'New');
    expect(edited).toMatchObject(foreign);
    expect(put(put(put(edited, ['level'], metric.level), ['soWhat', 'up'], metric.soWhat?.up), ['name', 'en'], at(metric, ['name', 'en']))).toEqual({ ...metric, ...foreign });
  });

  it('has what is added in the order in which people write, and loses a part that nothing is left of', () => {
    const made = put(put(put(put(blank(), ['soWhat', 'up'], 'x'), ['count'], { event: 'A' }), ['grain'], 'day'), ['name'], 'N');
    expect(Object.keys(made)).toEqual(['kind', 'id', 'name', 'grain', 'count', 'soWhat']);
    expect(put(made, ['soWhat', 'up'], undefined)).not.toHaveProperty('soWhat');
    expect(put(made, ['grain'], 'day')).toBe(made);
  });
});

describe('events', () => {
  it('stand beside the measure when there is one, and under when when there are several or were before', () => {
    const one = { event: 'A', of: 'value' };
    const two = withPatterns(one, [{ event: 'A' }, { event: 'B' }]);
    expect(two).toEqual({ of: 'value', when: [{ event: 'A' }, { event: 'B' }] });
    expect(withPatterns(two, [{ event: 'B' }])).toEqual({ of: 'value', when: [{ event: 'B' }] });
    expect(withPatterns(one, [{ event: 'C', where: { channel: 'x' } }])).toEqual({ of: 'value', event: 'C', where: { channel: 'x' } });
  });

  it('keep a pattern that nobody touched to the letter, and say which rows cannot', () => {
    const odd = { event: 'A', where: { 'properties.list': ['a'] as never } };
    expect(alternativeOf(odd).written).toBe(odd);
    expect(fitsRows(odd)).toBe(false);
    expect(fitsRows({ event: 'A', more: 1 } as never)).toBe(false);
  });

  it('are not chosen yet, any, or one; conditions that are not complete are not written', () => {
    expect(freshAlternative()).toMatchObject({ edited: { event: undefined }, written: { event: '' } });
    expect(alternativeOf({}).edited.event).toBeNull();
    const edited = { key: 'k', event: null, rows: [{ key: '', op: 'eq' as const, values: [''] }] };
    expect(rewritten(edited).written).toEqual({});
    expect(rewritten({ ...edited, event: undefined }).written).toEqual({ event: '' });
  });
});

describe('a measure', () => {
  const base: Metric = { kind: 'Metric', id: 'm', cumulative: true, customers: { when: [{ event: 'A' }, { event: 'B' }], atLeast: 2 } };

  it.each(measures)('turned to %s is the only one, and turning back gives what was there', (to) => {
    const { metric, kept } = turned(base, to, {});
    expect(measures.filter((measure) => metric[measure] !== undefined)).toEqual([to]);
    expect('cumulative' in metric).toBe(['count', 'customers', 'sum'].includes(to));
    expect(turned(metric, 'customers', kept).metric.customers).toEqual(base.customers);
  });

  it.each(definitions)('of %s turns into each other one and back without loss', (_, metric) => {
    const own = measureOf(metric);
    for (const to of measures) {
      const away = turned(metric, to, {}, 'TWD');
      expect(own && turned(away.metric, own, away.kept).metric[own]).toEqual(own && metric[own]);
    }
  });

  it('keeps its events, its amounts and its stages where the other has such', () => {
    expect(turned(base, 'active', {}).metric.active).toEqual({ when: [{ event: 'A' }, { event: 'B' }], window: '28d', atLeast: 2 });
    expect(turned(base, 'sum', {}, 'TWD').metric.sum).toEqual({ when: [{ event: 'A' }, { event: 'B' }], of: 'value', currency: 'TWD' });
    const seats: Metric = { kind: 'Metric', id: 'm', sum: { event: 'A', of: 'properties.seats' } };
    expect(turned(seats, 'quantile', {}, 'TWD').metric.quantile).toEqual({ event: 'A', of: 'properties.seats' });
    expect(turned(all[6] as Metric, 'sum', {}, 'TWD').metric.sum).toEqual({ event: 'B', of: 'value', currency: 'TWD' });
    expect(turned(all[7] as Metric, 'time', {}).metric.time).toEqual({ journey: 'j', from: 'a', to: 'b' });
  });

  it('tells what has still to be chosen, and nothing of what is whole', () => {
    expect(missing(blank())).toEqual(['']);
    expect(measures.map((to) => missing(turned(blank(), to, {}).metric))).toEqual([
      ['count.event'], ['customers.event'], ['active.event'], ['sum.event', 'sum.currency'], ['average.event', 'average.currency'], ['quantile.event', 'quantile.currency'],
      ['rate.from.event', 'rate.of.event'], ['conversion.journey', 'conversion.to'], ['time.journey', 'time.to'], ['retention.table'], ['formula'],
    ]);
    expect(missing({ kind: 'Metric', id: 'm', subject: '', rate: { of: { when: [{ event: 'A' }, { event: '' }] }, from: {} } })).toEqual(['subject', 'rate.of.when[1].event']);
    for (const [, metric] of definitions) expect(missing(metric)).toEqual([]);
  });

  it('begins in the currency that most metrics are in', () => {
    expect(mainCurrency(['order', 'TWD', 'JPY/order', 'TWD/lead', null, 'USDX'])).toBe('TWD');
    expect(mainCurrency([])).toBe('');
  });
});

describe('faults', () => {
  const fault = (path: string) => ({ path, message: path });

  it('stand at the field that holds them most closely, and those of no field apart', () => {
    const [sum, rate] = [all[3] as Metric, all[6] as Metric];
    const found = byField(['sum.currency', 'sum.where.properties.x', 'sum.when[1].event', 'name.en', '', 'colour', 'segment.channel', 'units'].map(fault), fieldsOf(sum));
    expect([...found].map(([field, faults]) => [field, faults.map(({ path }) => path)])).toEqual([
      ['sum.currency', ['sum.currency']], ['sum', ['sum.where.properties.x', 'sum.when[1].event']], ['name', ['name.en']], ['', ['']], ['?', ['colour', 'units']], ['segment', ['segment.channel']],
    ]);
    expect([...byField([fault('rate.from.where.x'), fault('rate.within'), fault('rate')], fieldsOf(rate)).keys()]).toEqual(['rate.from', 'rate.within', '?']);
  });

  it('of what is only not chosen yet wait', () => {
    expect(apartFrom([fault('sum.currency'), fault('unit')], ['sum.currency'])).toEqual([fault('unit')]);
  });
});

describe('an id', () => {
  it('is proposed from an English name, free of others', () => {
    expect(proposedId({ en: 'Average order, per café', 'zh-Hant': '平均' }, [])).toBe('average_order_per_cafe');
    expect(proposedId('2nd order’s value', ['nd_orders_value'])).toBe('nd_orders_value_2');
    expect([proposedId({ 'zh-Hant': '平均訂單' }, []), proposedId('網站 UV', []), proposedId(undefined, [])]).toEqual(['', '', '']);
  });

  it('is checked', () => {
    expect(['', 'Orders', '訂單', '1st', 'orders', 'leads'].map((id) => idProblem(id, ['orders']))).toEqual(['empty', 'form', 'form', 'form', 'taken', null]);
  });
});

describe('a text', () => {
  it('is written in the reader’s language without losing the others', () => {
    expect(rewrittenIn({ en: 'A', 'zh-Hant': '甲' }, 'zh-Hant', 'zh-Hant', '乙')).toEqual({ en: 'A', 'zh-Hant': '乙' });
    expect(rewrittenIn({ en: 'A' }, 'en', 'en', '')).toBeUndefined();
    expect(rewrittenIn(undefined, 'zh-Hans', 'zh-Hans', '甲')).toEqual({ 'zh-Hans': '甲' });
    expect(rewrittenIn({ fr: 'F' } as never, 'en', 'en', 'A')).toEqual({ fr: 'F', en: 'A' });
  });

  it('that says no language stays one until another language is added', () => {
    expect(rewrittenIn('A', 'en', 'en', 'B')).toBe('B');
    expect(rewrittenIn('A', 'en', 'en', '')).toBeUndefined();
    expect(rewrittenIn('A', 'zh-Hant', 'en', '甲')).toEqual({ en: 'A', 'zh-Hant': '甲' });
    expect([writtenIn('A', 'en', 'en'), writtenIn('A', 'en', 'zh-Hant')]).toEqual(['A', '']);
  });
});

describe('a formula', () => {
  it.each(['ad_cost / leads', ' (a+b)*-2.5e3 - .5', '訂單 × 客單價', 'a ++ b_2 %', '', 'a\n / b'])('%j is the same again when its words are joined', (text) => {
    expect(tokens(text).map((token) => token.text).join('')).toBe(text);
  });

  it('knows metrics from numbers and signs', () => {
    expect(tokens('a2 / 1.5').map(({ kind }) => kind)).toEqual(['metric', 'space', 'sign', 'space', 'number']);
    expect(tokens('訂單*b')[0]).toEqual({ kind: 'other', text: '訂單' });
  });

  it('finds metrics by id and by name in any language, and puts the id in place of the word', () => {
    const named = [{ id: 'orders', name: { 'zh-Hant': '茶機訂單', en: 'Machine orders' }, unit: 'order' }, { id: 'order_value', name: '訂單金額', unit: 'TWD' }, { id: 'leads', name: {}, unit: 'lead' }];
    expect(meant('訂單', named).map(({ id }) => id)).toEqual(['order_value', 'orders']);
    expect(meant('MACH', named).map(({ id }) => id)).toEqual(['orders']);
    expect(meant('', named)).toHaveLength(3);
    const word = wordAt('leads / 訂單 + 1', 10);
    expect(completed('leads / 訂單 + 1', word, 'orders')).toEqual({ formula: 'leads / orders + 1', caret: 14 });
  });

  it('has each fault at its place, also behind characters of two units and in later lines', () => {
    const marked = (formula: string, line: number, column: number) => {
      const place = placeOf(formula, { message: '', line, column });
      return place && formula.slice(place.from, place.to);
    };
    expect(marked('a + nothing * b', 1, 5)).toBe('nothing');
    expect(marked('a + 2 ** b', 1, 7)).toBe('**');
    expect(marked('𠮷 + bb', 1, 5)).toBe('bb');
    expect(marked('a +\n bad / c', 2, 2)).toBe('bad');
    expect(marked('a +', 1, 9)).toBe('');
    expect(placeOf('a', { message: '' })).toBeNull();
  });
});

describe('changes', () => {
  const base: Metric = { kind: 'Metric', id: 'm', name: { en: 'A', 'zh-Hant': '甲' }, unit: 'order', count: { event: 'A' }, soWhat: { up: 'x' } };

  it('are told part by part, a measure as one', () => {
    const next: Metric = { ...base, name: { en: 'B', 'zh-Hant': '甲' }, count: { event: 'B', where: { channel: 'x' } }, unit: undefined, level: 2 };
    expect(changesOf(base, next).map(({ op, path }) => `${op} ${path}`)).toEqual(['changed name.en', 'removed unit', 'changed count', 'added level']);
    expect(changesOf(base, { ...base })).toEqual([]);
  });

  it('go on top of somebody else’s, and say where both changed the same', () => {
    const mine: Metric = { ...base, name: { en: 'A', 'zh-Hant': '乙' }, unit: 'cup' };
    const theirs: Metric = { ...base, name: { en: 'T', 'zh-Hant': '甲' }, unit: 'bag', soWhat: { up: 'x', down: 'y' } };
    expect(rebased(base, mine, theirs)).toEqual({ metric: { ...theirs, name: { en: 'T', 'zh-Hant': '乙' }, unit: 'cup' }, both: ['unit'] });
    expect(rebased(base, base, theirs)).toEqual({ metric: theirs, both: [] });
    expect(rebased(base, theirs, theirs).both).toEqual([]);
  });

  it('leave one measure where both turned to another', () => {
    const [mine, theirs] = [turned(base, 'customers', {}).metric, turned(base, 'formula', {}).metric];
    expect(measures.filter((measure) => rebased(base, mine, theirs).metric[measure] !== undefined)).toEqual(['customers']);
  });
});

describe('before and after', () => {
  const answer = (values: (number | null)[], more: object = {}) =>
    ({ grain: 'week', unit: 'order', periods: values.map((value, i) => ({ from: `2026-10-0${i + 1}`, value, n: 1, customers: 1, low: null, high: null, partial: i === values.length - 1 })), ...more }) as never;

  it('compare the same settled period, and count the periods that differ', () => {
    expect(compared(answer([1, 2, 3]), answer([1, 4, 5]))).toMatchObject({ latest: { before: { value: 2 }, after: { value: 4 } }, differing: 2, periods: 3 });
    expect(compared(answer([0.1 + 0.2, null]), answer([0.3, null]))).toMatchObject({ differing: 0 });
  });

  it('are not compared in other units or periods', () => {
    expect(compared(answer([1]), answer([1], { unit: 'cup' }))).toBe('unit');
    expect(compared(answer([1]), answer([1], { grain: 'day' }))).toBe('grain');
  });
});

describe('a text of a definition', () => {
  it('says where it cannot be read, and that it is none', () => {
    expect(metricOf('kind: Metric\nid: [a\n')).toMatchObject({ fault: { line: expect.any(Number) as number } });
    expect(metricOf('a: 1\na: 2')).toMatchObject({ fault: { line: 2 } });
    expect(metricOf('just words')).toEqual({ fault: null });
  });

  it('has a line for every path that a fault names', () => {
    const text = 'kind: Metric\nid: x\nrate:\n  of:\n    when:\n      - event: A\n      - event: ""\n  from: { event: B }\n';
    expect(['id', 'rate.of.when[1].event', 'rate.from.event', 'rate.within', 'unit', ''].map((path) => lineOf(text, path))).toEqual([2, 7, 8, 3, 1, 1]);
  });
});

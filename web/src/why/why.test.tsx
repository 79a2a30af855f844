import { waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../api/tree';
import type { Metric, MetricPoint } from '../api/metric';
import type { Revision } from '../api/types';
import { problem, serve, type Routes } from '../test/server';
import { show } from '../test/show';
import { barsOf, byFormula, cutsOf, floorOf, goodnessOf, leadingPart, piecesOf, questionOf, stepsOf, type PartMove } from './model';
import { parseChoice, searchOfChoice } from './useChoice';
import { WhyPanel } from './WhyPanel';

const point = (month: number, value: number | null, more: Partial<MetricPoint> = {}): MetricPoint => ({ from: `2026-${String(month).padStart(2, '0')}-01T00:00:00+08:00`, value, n: value === null ? 0 : 100 + month, customers: 50, low: null, high: null, partial: false, ...more });
const part = (metric: string, change: number, more: Partial<PartMove> = {}): PartMove => ({ metric, name: { en: metric }, unit: 'office', before: 10, after: 12, change, parts: [], steps: [], missing: [], ...more });
const step = (text: string, method: Explanation['steps'][number]['method']): Explanation['steps'][number] => ({ text, method, at: { line: 1, column: 1 }, before: 1, after: 2 });
const segment = (value: string | null, change: number, more: Partial<Explanation['dimensions'][number]['segments'][number]> = {}) => ({ value, others: false, before: { value: 1, of: 10 }, after: { value: 2, of: 12 }, change, mix: null, rate: null, ...more });

const explanation: Explanation = {
  definition: { kind: 'Metric', id: 'drinkers', version: 2, hash: '' }, name: { 'zh-Hant': '喝到好茶的辦公室', en: 'Offices with good tea' }, asOf: '2026-11-02T00:00:00Z', timezone: 'Asia/Taipei', grain: 'month', unit: 'office', good: 'up',
  facts: { events: 900, customers: 120, through: 9 }, before: point(9, 8255), after: point(10, 8412), decimals: 0, change: 157, is: 'better', noise: { verdict: 'outside-noise', deviation: 30, bound: 58.8, n: 25 },
  parts: [part('offices', 66), part('activation', 122, { parts: [part('first', 150), part('kept', -28)], steps: [step('first * kept', 'log-mean')] }), part('good', -31)],
  steps: [step('offices * activation * good', 'log-mean')], missing: [],
  dimensions: [{ dimension: 'channel', mix: null, rate: null, overlap: 7, problem: null, segments: [segment('social', 100), segment(null, 50)] }], causes: [],
};
const deeper: Explanation = { ...explanation, definition: { ...explanation.definition, id: 'first' }, unit: '', change: -0.11, parts: [], steps: [], causes: [{ dimension: 'channel', change: -0.11, power: 0.9, surprise: 0.2, values: [{ value: 'social', others: false, change: -0.11, power: 0.9, surprise: 0.2 }] }] };

const metric: Metric = { kind: 'Metric', id: 'drinkers', name: { 'zh-Hant': '喝到好茶的辦公室', en: 'Offices with good tea' }, formula: 'offices * activation * good' };
const revision: Revision<Metric> = { kind: 'Metric', id: 'drinkers', version: 2, hash: '', status: 'approved', deleted: false, author: 'Ada', reason: 'first', at: '2026-01-01T00:00:00Z', current: true, body: metric };
const periods = [point(7, 8000), point(8, 8100), point(9, 8255), point(10, 8412), point(11, 2000, { partial: true })];
const panel = <WhyPanel metric="drinkers" grain="month" periods={periods} />;
const routes: Routes = {
  'GET /definitions/Metric/drinkers': revision, 'GET /traits': { items: [] }, 'GET /events/properties': { items: [] },
  'POST /metrics/drinkers/why': explanation, 'POST /metrics/first/why': deeper,
};

describe('why a metric moved', () => {
  it('is told in a sentence: how far, out of which parts, and what stands out one level down', async () => {
    serve(routes);
    const { findByText } = await show(panel, { locale: 'zh-Hant' });
    const sentence = (await findByText(/超出平常/)).closest('p') as HTMLElement;
    const told =
      '喝到好茶的辦公室在2026年10月比2026年9月 ▲ +157（8,255 office → 8,412 office，n = 109 → 110，截至 2026年11月2日 08:00）。其中 activation貢獻 +122、offices +66、good −31。超出平常的波動（之前 25 次變動通常在 ±58.8 以內）。再往下，first的變動裡，渠道「social」佔了 −11.0 點。';
    await waitFor(() => expect(sentence.textContent).toBe(told));
  });

  it('names no cause inside the noise, and none where the noise is unknown', async () => {
    const calm = { ...explanation, noise: { ...explanation.noise, verdict: 'inside-noise' } };
    const asked = serve({ ...routes, 'POST /metrics/drinkers/why': calm });
    const first = await show(panel);
    const sentence = (await first.findByText(/within its usual noise/)).closest('p') as HTMLElement;
    expect(sentence.textContent).toContain('the 25 moves before it mostly stayed within ±58.8');
    expect(sentence.textContent).not.toContain('activation');
    expect(asked.some(({ path }) => path === '/metrics/first/why')).toBe(false);
    first.unmount();
    serve({ ...routes, 'POST /metrics/drinkers/why': { ...explanation, noise: { verdict: 'noise-unknown', deviation: null, bound: null, n: 0 } } });
    const { findByText } = await show(panel);
    expect((await findByText(/Fewer than 8 periods came before/)).closest('p')?.textContent).toContain('activation contributed +122');
  });

  it('says which period is unknown, and what the formula lacks', async () => {
    const unknown = { ...explanation, change: null, after: point(10, null), parts: [], steps: [], dimensions: [], noise: { ...explanation.noise, verdict: 'unknown' }, missing: [{ operand: 'good', why: 'divided-by-zero', before: false, after: true, at: { line: 1, column: 1 } }] };
    serve({ ...routes, 'POST /metrics/drinkers/why': unknown });
    const { findByText, queryByRole } = await show(panel);
    expect((await findByText(/It cannot be told why/)).closest('p')?.textContent).toContain('Oct 2026 has no number (as of Nov 2, 2026, 08:00). good in the formula divides by zero in the later period');
    expect(queryByRole('img', { name: /Waterfall/ })).toBeNull();
  });

  it('has a table beside the waterfall whose rows add up, and formulas in it unfold', async () => {
    serve(routes);
    const { user, findByRole } = await show(panel);
    await findByRole('img', { name: /Waterfall/ });
    const table = within(await findByRole('region', { name: 'The parts of the formula' }));
    const changes = () => table.getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell').at(-2)?.textContent);
    expect(changes()).toEqual(['+66', '+122', '−31', '+157']);
    await user.click(table.getByRole('button', { name: 'Unfold activation' }));
    expect(changes()).toEqual(['+66', '+122', '+150', '−28', '−31', '+157']);
    expect(table.getByRole('link', { name: 'first' }).getAttribute('href')).toBe('/metric/first');
    expect(table.getByText('residual 0')).toBeTruthy();
  });

  it('tells the values of a dimension, what overlaps, and why one cannot be told', async () => {
    const broken = { dimension: 'source', mix: null, rate: null, overlap: 0, problem: 'It has no such key.', segments: [] };
    serve({ ...routes, 'POST /metrics/drinkers/why': { ...explanation, dimensions: [...explanation.dimensions, broken] } });
    const { findByRole, getByText } = await show(panel);
    const table = within(await findByRole('region', { name: 'channel' }));
    expect(table.getAllByRole('row').slice(1).map((row) => row.textContent)).toEqual(['social12+100', 'no value12+50', 'overlap a customer may stand under several values+7', 'Sum+157']);
    expect(getByText('It has no such key.')).toBeTruthy();
  });

  it('tells mix and rate of a rate', async () => {
    const dimension = { dimension: 'channel', mix: -0.012, rate: 0.002, overlap: 0, problem: null, segments: [segment('A', -0.004, { mix: -0.005, rate: 0.001 }), segment('B', -0.006, { mix: -0.007, rate: 0.001 })] };
    serve({ ...routes, 'POST /metrics/drinkers/why': { ...explanation, unit: '', decimals: 6, before: point(9, 0.042), after: point(10, 0.032), change: -0.01, parts: [], steps: [], dimensions: [dimension] } });
    const { findByText, getByRole } = await show(panel);
    await findByText('The mix brought −1.2 pts: values became a larger or smaller share. Their own levels brought +0.2 pts.');
    const rows = within(getByRole('region', { name: 'channel' })).getAllByRole('row');
    expect(rows[1]?.textContent).toContain('10.0% n = 10');
    expect(rows.at(-1)?.textContent).toBe('Sum−1.2000 pts+0.2000 pts−1.0000 pts');
  });

  it('asks about the chosen periods and dimensions, which the address holds', async () => {
    const asked = serve(routes);
    const address = '/?before=2026-08-01T00:00:00%2B08:00&after=2026-10-01T00:00:00%2B08:00&over=channel,source';
    const { user, router, findByRole } = await show(panel, { address });
    await user.click(await findByRole('button', { name: 'Back to the last two' }));
    const questions = asked.filter(({ path }) => path === '/metrics/drinkers/why').map(({ body }) => body);
    expect(questions[0]).toEqual({ grain: 'month', before: '2026-08-01T00:00:00+08:00', after: '2026-10-01T00:00:00+08:00', dimensions: ['channel', 'source'] });
    expect(questions.at(-1)).toEqual({ grain: 'month', dimensions: ['channel', 'source'] });
    expect(router.state.location.search).toMatchObject({ over: 'channel,source' });
  });

  it('says in the server’s words why nothing could be told', async () => {
    serve({ ...routes, 'POST /metrics/drinkers/why': problem(422, 'journey.invalid-question', 'No two periods are settled.') });
    const { findByText } = await show(panel);
    await findByText(/No two periods are settled/);
  });
});

describe('the model of a move', () => {
  it('asks about both periods or none', () => {
    expect(questionOf({ before: '2026-01-01', dimensions: [] })).toEqual({});
    expect(questionOf({ before: '2026-01-01', after: '2026-02-01', grain: 'month', dimensions: ['channel'] })).toEqual({ before: '2026-01-01', after: '2026-02-01', grain: 'month', dimensions: ['channel'] });
  });

  it('cuts by the formula and by every dimension that has values', () => {
    expect(cutsOf(explanation)).toEqual([byFormula, 'channel']);
    expect(cutsOf({ ...explanation, parts: [], dimensions: [{ dimension: 'x', mix: null, rate: null, overlap: 0, problem: 'no', segments: [] }] })).toEqual([]);
  });

  it('draws pieces that end where the number after stands, by every cut', () => {
    for (const cut of cutsOf(explanation)) {
      const bars = barsOf(8255, 8412, piecesOf(explanation, cut));
      expect(bars.at(-2)?.to).toBe(8412);
      expect(bars.slice(1, -1).every((bar, i) => bar.from === (i === 0 ? 8255 : bars[i]?.to))).toBe(true);
    }
  });

  it('of a rate draws the mix first and then each value’s own rate', () => {
    const dimension = { dimension: 'channel', mix: -0.012, rate: 0.002, overlap: 0, problem: null, segments: [segment('A', -0.004, { mix: -0.005, rate: 0.001 }), segment('B', -0.006, { mix: -0.007, rate: 0.001 })] };
    expect(piecesOf({ ...explanation, dimensions: [dimension] }, 'channel').map(({ kind, change }) => [kind, change])).toEqual([['mix', -0.012], ['value', 0.001], ['value', 0.001]]);
  });

  it('draws many pieces as the largest and the rest, which add up to the same', () => {
    const many = { ...explanation, parts: Array.from({ length: 12 }, (_, i) => part(`p${i}`, i % 2 === 0 ? i : -i)) };
    const pieces = piecesOf(many, byFormula);
    expect(pieces).toHaveLength(8);
    expect(pieces.at(-1)?.kind).toBe('rest');
    expect(pieces.reduce((sum, { change }) => sum + change, 0)).toBe(-6);
  });

  it('begins the axis at zero unless the move would be a sliver', () => {
    expect(floorOf(barsOf(10, 20, []))).toBe(0);
    expect(floorOf(barsOf(-5, 4, []))).toBe(0);
    const floor = floorOf(barsOf(8255, 8412, piecesOf(explanation, byFormula)));
    expect(floor).toBeGreaterThan(8000);
    expect(floor).toBeLessThan(8255);
  });

  it('finds what contributed most, down into formulas', () => {
    expect(leadingPart(explanation.parts)?.metric).toBe('first');
    expect(leadingPart([part('a', 0)])).toBeNull();
    expect(stepsOf(explanation).map(({ text }) => text)).toEqual(['offices * activation * good', 'first * kept']);
  });

  it('knows what is good', () => {
    expect([goodnessOf(1, 'up'), goodnessOf(1, 'down'), goodnessOf(-1, 'down'), goodnessOf(0, 'up'), goodnessOf(1, 'neither')]).toEqual(['better', 'worse', 'better', 'neutral', 'neutral']);
  });

  it('reads addresses and leaves out what it does not understand', () => {
    expect(parseChoice({ before: '2026-01-01', after: '2026-02-01T00:00:00+08:00', over: 'a,,a,b', cut: 'a' })).toEqual({ before: '2026-01-01', after: '2026-02-01T00:00:00+08:00', over: ['a', 'b'], cut: 'a' });
    expect(parseChoice({ before: 'soon', after: '2026-02-01' })).toEqual({ over: [] });
    expect(parseChoice({ before: '2026-02-01', after: '2026-02-01' })).toEqual({ over: [] });
    expect(searchOfChoice({ over: ['a', 'b'] })).toMatchObject({ over: 'a,b', before: undefined });
  });
});

import { within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Metric, MetricAnswer, MetricPoint, MetricSummary } from '../api/metric';
import type { Revision } from '../api/types';
import { open } from '../test/open';
import { show } from '../test/show';
import { problem, serve, session, type Routes } from '../test/server';
import { goneShare, goneStyle } from './gone';
import { furthestOff } from './MetricsPage';
import { latestOf, measureOf, moveOf, parseAddress, searchOf, secondsAxis, usualOf } from './model';
import { linesOf, Sparkline } from './Sparkline';
import { eventsOf } from './useKeys';

const point = (week: number, value: number | null, more: Partial<MetricPoint> = {}): MetricPoint => ({
  from: `2026-10-${String(5 + 7 * week).padStart(2, '0')}T00:00:00+08:00`, value, n: value === null ? 0 : 40, customers: value === null ? 0 : 30, low: null, high: null, partial: false, ...more,
});
const rate = (week: number, value: number, more: Partial<MetricPoint> = {}) => point(week, value, { low: value - 0.05, high: value + 0.05, numerator: Math.round(40 * value), customers: 40, ...more });
const summary = (id: string, periods: MetricPoint[], more: Partial<MetricSummary> = {}): MetricSummary => ({
  id, name: { 'zh-Hant': `指標 ${id}`, en: `Metric ${id}` }, meaning: { en: 'What it is' }, owner: ['sales'], level: 2, version: 3, status: 'approved', author: '吳雅婷',
  at: '2026-10-01T00:00:00Z', unit: 'order', good: 'up', grain: 'week', asOf: '2026-11-02T00:00:00Z', periods, problem: null, ...more,
});
const metric: Metric = {
  kind: 'Metric', id: 'brewed', name: { 'zh-Hant': '交機後泡了第一杯', en: 'First brew' }, meaning: { en: 'Of the machines delivered, those that made a cup.' }, level: 1, owner: ['service'],
  rate: { of: { event: 'Brew Made' }, from: { when: [{ event: 'Machine Delivered' }] }, within: '14d' }, soWhat: { up: { en: 'tell sales what we did' } },
};
const revision: Revision<Metric> = {
  kind: 'Metric', id: 'brewed', version: 2, hash: 'sha256:0', status: 'proposed', deleted: false, author: '吳雅婷', reason: '看看', at: '2026-10-01T00:00:00Z', current: true, body: metric,
};
const answer: MetricAnswer = {
  definition: { kind: 'Metric', id: 'brewed', version: 2, hash: 'sha256:0' }, asOf: '2026-11-02T00:00:00Z', timezone: 'Asia/Taipei', grain: 'week', unit: '', good: 'up', subject: 'account',
  facts: { events: 9000, customers: 120, through: 9 }, unattributed: 3, leftOut: 0, periods: [rate(0, 0.6), rate(1, 0.5), rate(2, 0.55), rate(3, 0.2, { partial: true })],
};
const routes: Routes = {
  'GET /definitions/Metric/brewed': revision, 'POST /measure': answer, 'GET /traits': { items: [] }, 'GET /events/properties': { items: [] }, 'GET /trees': { items: [] },
  'POST /metrics/brewed/why': problem(422, 'journey.invalid-question', 'No two periods.'),
  'GET /metrics': { items: [summary('orders', [point(0, 10), point(1, 12)])] },
};

describe('the metrics', () => {
  it('are listed by level with the last period that is over, its n and how it moved', async () => {
    serve({ 'GET /metrics': { items: [
      summary('orders', [point(0, 10), point(1, 12), point(2, 3, { partial: true })], { level: 1 }),
      summary('broken', [], { problem: 'There is no Journey x.', unit: '' }),
    ] } });
    const { findByRole } = await open('/metric', 'en');
    const row = (await findByRole('link', { name: 'Metric orders' })).closest('li') as HTMLElement;
    expect(row.closest('section')?.textContent).toContain('Company');
    expect(row.textContent).toContain('12 orders');
    expect(row.textContent).toContain('the week of Oct 12, 2026 · n = 40');
    expect(row.textContent).toContain('▲ +20.0%');
    const broken = (await findByRole('link', { name: 'Metric broken' })).closest('li') as HTMLElement;
    expect(broken.textContent).toContain('unknown');
    expect(broken.textContent).toContain('There is no Journey x.');
  });

  it('open with the one that is furthest on the bad side of its own usual', async () => {
    const steady = [point(0, 10), point(1, 10), point(2, 10), point(3, 10)];
    const list = [summary('well', [...steady, point(3, 20)]), summary('ill', [...steady, point(3, 6)]), summary('late', [...steady, point(3, 15)], { good: 'down' }), summary('short', [point(0, 9), point(1, 1)])];
    expect(furthestOff(list)?.id).toBe('late');
    expect(furthestOff(list.filter(({ id }) => id === 'well'))).toBeNull();
    expect(furthestOff([summary('few', [...steady, point(3, 1, { n: 1 })])])).toBeNull();
    serve({ 'GET /metrics': { items: list } });
    const { findByText } = await open('/metric', 'en');
    expect((await findByText(/Furthest off its own usual/)).textContent).toContain('Metric late: 15 orders');
  });

  it('say what to do first where there are none', async () => {
    serve({ 'GET /metrics': { items: [] } });
    const { findByText } = await open('/metric', 'en');
    await findByText('beichen apply');
  });
});

describe('a metric', () => {
  it('opens with its last whole period, the interval, and what is usual', async () => {
    serve(routes);
    const { findByText } = await open('/metric/brewed', 'en');
    const sentence = await findByText(/First brew was/);
    expect(sentence.textContent).toContain('55.0% in the week of Oct 19, 2026 (n = 40)');
    expect(sentence.textContent).toContain('95% interval 50.0% to 60.0%');
    expect(sentence.textContent).toContain('▲ +5.0 pts');
  });

  it('stands with why it moved and with what the trees say of it', async () => {
    const asked = serve({ ...routes, 'GET /trees': { items: [{ id: 'company', name: '' }] } });
    const { findByText } = await open('/metric/brewed', 'en');
    await findByText('Why it moved');
    await findByText('Does it tell anything, or only flatter?');
    expect(asked.find(({ path }) => path === '/metrics/brewed/why')?.body).toEqual({ grain: 'week' });
  });

  it('has every period in a table, what may still change marked', async () => {
    serve(routes);
    const { findByText, findByRole } = await open('/metric/brewed', 'en');
    (await findByText('See the table')).click();
    const row = (await findByRole('button', { name: 'See the customers of the week of Oct 26, 2026' })).closest('tr') as HTMLElement;
    expect(row.dataset.partial).toBe('true');
    expect(within(row).getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['20.0%', '15.0% – 25.0%', '40']);
  });

  it('hatches what is too old to be known, and says since when facts are kept', async () => {
    const gone = [0, 1].map((week) => point(week, null, { expired: true }));
    serve({ ...routes, 'POST /measure': { ...answer, facts: { ...answer.facts, keptFrom: '2026-10-15T00:00:00+08:00' }, periods: [...gone, rate(2, 0.55), rate(3, 0.2)] } });
    const { findByText, findByRole } = await open('/metric/brewed', 'en');
    await findByText('unknown: facts are kept only since Oct 15, 2026');
    const chart = await findByRole('img', { name: /unknown: facts are kept only since Oct 15, 2026/ });
    await vi.waitFor(() => expect(chart.querySelector('svg [clip-path] path')).toBeTruthy());
    (await findByText('See the table')).click();
    await findByRole('rowheader', { name: 'the week of Oct 5, 2026 unknown: facts of then are no longer kept' });
  });

  it('opens a period to its customers by the question that was measured, and keeps it in the address', async () => {
    const asked = serve({ ...routes, 'POST /measure/metric-customers': { total: 1, items: [{ id: 'a1', name: 'Tea House', at: '2026-10-20T00:00:00Z', events: 1, amount: null, did: true }] } });
    const { user, router, findByText, findByRole } = await open('/metric/brewed?grain=month', 'en');
    await user.click(await findByText('See the table'));
    await user.click(await findByRole('button', { name: 'See the customers of the week of Oct 19, 2026' }));
    const dialog = within(await findByRole('dialog'));
    await dialog.findByRole('link', { name: 'Tea House' });
    await user.click(dialog.getByText('Did not'));
    const last = asked.filter((one) => one.path === '/measure/metric-customers').at(-1)?.body;
    expect(last).toMatchObject({ metricId: 'brewed', version: 2, grain: 'month', only: 'didNot' });
    expect(router.state.location.search).toMatchObject({ grain: 'month' });
  });

  it('asks again with other periods and by a key', async () => {
    const asked = serve(routes);
    const { user, findByText } = await open('/metric/brewed?by=channel', 'en');
    await findByText(/First brew was/);
    await user.click(await findByText('Month'));
    await findByText(/First brew was/);
    expect(asked.filter((one) => one.path === '/measure').at(-1)?.body).toEqual({ metricId: 'brewed', version: 2, grain: 'month', breakdown: ['channel'] });
  });

  it('shows what a formula is made of, and says why it cannot be measured', async () => {
    const made = { ...revision, id: 'per', body: { kind: 'Metric', id: 'per', formula: 'revenue / orders' } as Metric };
    serve({ ...routes, 'GET /definitions/Metric/per': made, 'POST /measure': { ...answer, unit: 'TWD/order', periods: [point(0, 318.5)], inputs: [{ definition: { kind: 'Metric', id: 'orders', version: 1, hash: '' }, unit: 'order', periods: [point(0, 8)], leftOut: 0 }] } });
    const opened = await open('/metric/per', 'en');
    expect((await opened.findByText(/per was/)).textContent).toContain('NT$319 / orders');
    expect((await opened.findByRole('link', { name: 'Metric orders' })).closest('li')?.textContent).toContain('8 orders');
    opened.unmount();
    serve({ ...routes, 'POST /measure': problem(422, 'metric.invalid', 'The metric has 1 fault(s).') });
    const { findByRole } = await open('/metric/brewed', 'en');
    expect((await findByRole('alert')).textContent).toContain('The metric has 1 fault(s).');
  });

  it('lists nobody to who may not see people', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    const { findByText, queryByRole } = await open('/metric/brewed?at=1', 'en');
    (await findByText('See the table')).click();
    expect(queryByRole('button', { name: /See the customers/ })).toBeNull();
    expect(queryByRole('dialog')).toBeNull();
  });
});

describe('the model of a metric', () => {
  it('reads and writes addresses, and leaves out what it does not understand', () => {
    expect(parseAddress({ grain: 'month', from: '2026-01-01', by: 'channel', at: '3' })).toEqual({ grain: 'month', from: '2026-01-01', by: 'channel', at: 3 });
    expect(parseAddress({ grain: 'moon', from: 'soon', at: '-1' })).toEqual({});
    expect(searchOf({ grain: 'day', at: 0 })).toEqual({ grain: 'day', from: undefined, by: undefined, at: '0' });
  });

  it('takes the newest period that is over and known', () => {
    expect(latestOf([point(0, 1), point(1, 2), point(2, null), point(3, 4, { partial: true })])).toMatchObject({ at: 1, before: { value: 1 } });
    expect(latestOf([point(0, null)])).toBeNull();
  });

  it('moves shares in points and numbers relative to the one before; over nothing that is unknown', () => {
    expect(moveOf({ at: 1, point: point(1, 0.3), before: point(0, 0.2) }, '')?.unit).toBe('points');
    expect(moveOf({ at: 1, point: point(1, 3), before: point(0, -2) }, 'order')).toEqual({ value: 2.5, unit: 'percent' });
    expect(moveOf({ at: 1, point: point(1, 3), before: point(0, 0) }, 'order')).toBeNull();
    expect(moveOf({ at: 0, point: point(0, 3), before: undefined }, '')).toBeNull();
  });

  it('knows what is usual from four periods on', () => {
    const points = [point(0, 2), point(1, 4), point(2, null), point(3, 6), point(3, 8)];
    expect(usualOf(points, 4)).toBeNull();
    expect(usualOf([...points, point(3, 1)], 5)).toBe(5);
    expect(usualOf([point(0, 200), point(1, 201), point(2, 202), point(3, 200), point(3, 1)], 4)).toBe(201);
  });

  it('divides an axis of seconds into whole days, hours or minutes', () => {
    const day = 86_400;
    expect(secondsAxis([point(0, 4.2 * day), point(1, 18.6 * day)])).toEqual({ min: 0, max: 20 * day, interval: 5 * day });
    expect(secondsAxis([point(0, 8 * 3600, { low: 7 * 3600, high: 11 * 3600 })])).toEqual({ min: 7 * 3600, max: 11 * 3600, interval: 3600 });
    expect(secondsAxis([point(0, null)])).toBeNull();
  });

  it('draws an unknown period as a gap', () => {
    expect(linesOf([point(0, 1), point(1, 2), point(2, null), point(3, 3), point(3, 4), point(3, 4, { partial: true })])).toEqual([
      { from: 0, to: 1, open: false }, { from: 3, to: 4, open: false }, { from: 4, to: 5, open: true },
    ]);
  });

  it('hatches what is too old to be known, half way to the first period that is kept', async () => {
    const gone = point(0, null, { expired: true });
    expect([goneShare(5, 0), goneShare(5, 2), goneShare(5, 5), goneShare(1, 1)]).toEqual([0, 0.375, 1, 1]);
    expect(goneStyle([point(0, 1), point(1, null)])).toBeUndefined();
    expect(goneStyle([gone, gone, point(2, 1), point(3, 2), point(4, 3)])?.background).toContain('37.5% 100%');
    const some = await show(<Sparkline points={[gone, gone, point(2, 1), point(3, 2), point(4, 3)]} />);
    expect((await some.findByText('unknown: facts of then are no longer kept')).closest('svg')?.querySelectorAll('path')).toHaveLength(1);
    some.unmount();
    const all = await show(<Sparkline points={[gone, gone]} />);
    await all.findByTitle('unknown: facts of then are no longer kept');
  });

  it('finds its measure and the events it is counted from', () => {
    expect(measureOf(metric)).toBe('rate');
    expect(measureOf({ kind: 'Metric', id: 'x' })).toBeNull();
    expect(eventsOf(metric)).toEqual(['Brew Made', 'Machine Delivered']);
  });
});

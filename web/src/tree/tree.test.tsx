import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { open } from '../test/open';
import { problem, serve, session, type Routes } from '../test/server';
import { answer, point, revision, starter } from './fixture';
// Chunks of their own, compiled before the first test waits for them.
import './canvas/Canvas';
import './TreeRoute';

const routes: Routes = {
  'GET /definitions/Tree/company': revision,
  'GET /trees': { items: [{ id: 'company', name: { en: 'One good cup' }, version: 4, status: 'proposed', author: 'Ada', at: '2026-10-01T00:00:00Z', star: 'star', since: '', objectives: 1 }] },
  'POST /measure/tree': answer,
  'GET /traits': { items: [] },
};
const viewer = { ...session, member: { ...session.member, role: 'viewer' as const } };

describe('a tree', () => {
  it('opens with where its star stands, how it moved, its target and its guardrails', async () => {
    serve(routes);
    const { findByText } = await open('/trees', 'en');
    const sentence = (await findByText(/95% interval 560/)).closest('p');
    expect(sentence?.textContent).toContain('Metric star: 587 machines in the week of Nov 16, 2026 (n = 587)');
    expect(sentence?.textContent).toContain('▲ +25.0% on the period before, which is better.');
    expect(sentence?.textContent).toContain('behind on its way to 620 machines by Dec 31, 2026: 600 machines were due by now');
    expect(sentence?.textContent).toContain('1 guardrail is broken: Metric refunds.');
  });

  it('is measured as its address says, and is the current version', async () => {
    const asked = serve(routes);
    const { findByText } = await open('/trees/company?asOf=2026-10-01&grain=month&periods=6&segment={"channel":"email"}', 'en');
    await findByText(/95% interval 560/);
    expect(asked.find(({ path }) => path === '/measure/tree')?.body).toEqual({ treeId: 'company', version: 4, asOf: '2026-10-01', grain: 'month', periods: 6, segment: { channel: 'email' } });
  });

  it('says why it was not measured', async () => {
    serve({ ...routes, 'POST /measure/tree': problem(422, 'tree.invalid', 'The tree has 1 fault(s).') });
    const { findByText } = await open('/trees/company', 'en');
    await findByText(/The tree has 1 fault/);
  });

  it('is approved with a reason', async () => {
    const asked = serve({ ...routes, 'POST /definitions/Tree/company/approve': { ...revision, status: 'approved' } });
    const { user, findByRole, findByText } = await open('/trees/company', 'en');
    await user.click(await findByRole('button', { name: 'Approve' }));
    const dialog = within(await findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'we agreed');
    await user.click(dialog.getByRole('button', { name: 'Approve' }));
    await findByText('Approved');
    expect(asked.find(({ path }) => path.endsWith('/approve'))?.body).toEqual({ version: 4, reason: 'we agreed' });
  });
});

describe('the canvas', () => {
  it('has every metric once, and every objective and strategy', async () => {
    serve(routes);
    const { findByRole, container } = await open('/trees/company', 'en');
    await findByRole('button', { name: /^Metric star 587 machines/ });
    const cards = [...container.querySelectorAll<HTMLElement>('[data-card]')].map((card) => card.dataset.card);
    expect(cards.toSorted()).toEqual(
      [...answer.nodes.map(({ metric }) => metric), 'objective:grow', 'strategy:grow/partners', 'strategy:grow/shops', 'strategy:grow/partners>rate', 'rest'].toSorted(),
    );
    const fans = await findByRole('button', { name: /^Metric fans 100 orders/ });
    expect(fans.textContent).toContain('vain: can only rise · foretells nothing');
    const rate = await findByRole('button', { name: /^Metric rate 50\.0% .*few/ });
    expect(rate.textContent).toContain('▼ −5.0 pts');
    expect(rate.textContent).toContain('few, n = 12');
    const unknown = await findByRole('button', { name: /^Metric signed unknown/ });
    expect(unknown.querySelector('[data-unknown="true"]')).not.toBeNull();
  });

  it('leads from a strategy to its steps, and says which one is gone', async () => {
    serve(routes);
    const { findByRole, getByTitle } = await open('/trees/company', 'en');
    expect((await findByRole('link', { name: 'Stage order' })).getAttribute('href')).toBe('/journeys/buyer?at=order');
    expect(getByTitle('Buying › Stage gone is not in the journey any more').tagName).toBe('SPAN');
  });

  it('writes what is believed on its line, with what the numbers say', async () => {
    serve(routes);
    const { findByTitle } = await open('/trees/company', 'en');
    await findByTitle('Believed: + 2 weeks ahead. Found: r +.61 · n 52. supported.');
    await findByTitle('Believed: + at once. Found: r unknown · n 1. too short.');
  });

  it('dims what is not joined to the card that is selected', async () => {
    serve(routes);
    const { findByRole } = await open('/trees/company?metric=rate', 'en');
    const dimmed = async (name: RegExp) => (await findByRole('button', { name })).dataset.dim;
    expect(await dimmed(/^Metric rate 50\.0% .*few/)).toBe('false');
    expect(await dimmed(/^Metric star 587 machines/)).toBe('false');
    expect(await dimmed(/^Metric fans 100 orders/)).toBe('true');
    expect((await findByRole('group', { name: 'Objective: Grow' })).dataset.dim).toBe('false');
    expect((await findByRole('group', { name: 'Strategy: Shops' })).dataset.dim).toBe('true');
  });

  it('is walked with the arrows and opened with Enter', async () => {
    serve(routes);
    const { user, findByRole, router } = await open('/trees/company', 'en');
    const star = await findByRole('button', { name: /^Metric star 587 machines/ });
    star.focus();
    await user.keyboard('{ArrowDown}');
    const below = document.activeElement as HTMLElement;
    expect(['rate', 'visits', 'signed']).toContain(below.dataset.card);
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toBe(star);
    expect(star.tabIndex).toBe(0);
    expect(below.tabIndex).toBe(-1);
    await user.keyboard('{Enter}');
    await findByRole('complementary', { name: 'Details of Metric star' });
    expect(router.state.location.search).toMatchObject({ metric: 'star' });
  });

  it('gives way to the table with t, and finds with /', async () => {
    serve(routes);
    const { user, findByRole, router } = await open('/trees/company', 'en');
    await findByRole('button', { name: /^Metric star 587 machines/ });
    await user.keyboard('t');
    await findByRole('table', { name: /with the numbers of the canvas/ });
    expect(router.state.location.search).toMatchObject({ view: 'table' });
    await user.keyboard('/');
    await user.type(await findByRole('textbox', { name: 'Name, id or owner' }), 'refu{Enter}');
    await findByRole('complementary', { name: 'Details of Metric refunds' });
  });
});

describe('the table', () => {
  it('has the numbers of the canvas, the star first, then what stands under an objective', async () => {
    serve(routes);
    const { findByRole } = await open('/trees/company?view=table', 'en');
    const table = await findByRole('table', { name: /with the numbers of the canvas/ });
    const rows = within(table).getAllByRole('row').map((row) => row.textContent ?? '');
    const place = (of: string) => rows.findIndex((row) => row.includes(of));
    expect(rows[place('Metric star')]).toContain('587 machines560–610▲ +25.0%587target 620 machines, behind');
    expect(rows[place('Metric refunds')]).toContain('at most 5.0% · broken');
    expect([place('North Star and'), place('Metric star'), place('Metric visits'), place('Grow'), place('Partners'), place('Metric basket'), place('Metric revenue'), place('Metric fans'), place('Metric refunds')]).toEqual(
      [place('North Star and'), place('Metric star'), place('Metric visits'), place('Grow'), place('Partners'), place('Metric basket'), place('Metric revenue'), place('Metric fans'), place('Metric refunds')].toSorted((a, b) => a - b),
    );
  });

  it('lists the lines, what is computed and what is believed', async () => {
    serve(routes);
    const { findByRole } = await open('/trees/company?view=table', 'en');
    const lines = within(await findByRole('table', { name: 'Lines' })).getAllByRole('row').map((row) => row.textContent);
    expect(lines).toContain('Metric rateMetric star+ 2 weeks ahead+.6152supportedbecause');
    expect(lines).toContain('Metric revenueMetric basket× computed');
  });
});

describe('the drawer', () => {
  it('says what the number is, whether it is trusted and what changed, and leads on', async () => {
    serve(routes);
    const { user, findByRole } = await open('/trees/company?metric=basket', 'en');
    const drawer = within(await findByRole('complementary', { name: 'Details of Metric basket' }));
    expect(drawer.getByText('revenue / star').tagName).toBe('CODE');
    drawer.getByText(/Since Ada approved version 2/);
    expect(drawer.getByRole('link', { name: /revenue version 5, Grace/ }).getAttribute('href')).toBe('/ledger/Metric/revenue');
    drawer.getByText('without tax');
    expect(drawer.getByRole('link', { name: 'Course and breakdown' }).getAttribute('href')).toBe('/metric/basket');
    expect(drawer.queryByRole('button', { name: /See these/ })).toBeNull(); // a formula opens to its parts
    await user.click(drawer.getByRole('button', { name: /Metric revenue/ }));
    await findByRole('complementary', { name: 'Details of Metric revenue' });
  });

  it('opens to the customers by the question that was measured', async () => {
    const measured = { definition: { kind: 'Metric', id: 'visits', version: 3, hash: '' }, asOf: answer.asOf, timezone: 'Asia/Taipei', grain: 'week', unit: 'order', good: 'up', subject: 'person', facts: answer.facts, unattributed: 0, leftOut: 0, periods: [point(80, { from: '2026-11-09T00:00:00+08:00' }), point(100)] };
    const asked = serve({ ...routes, 'POST /measure': measured, 'POST /measure/metric-customers': { total: 1, items: [{ id: 'p1', name: 'Ada', at: '2026-11-17T00:00:00Z', events: 2, amount: null, did: true }] } });
    const { user, findByRole } = await open('/trees/company?metric=visits&segment={"channel":"email"}', 'en');
    await user.click(await findByRole('button', { name: 'See these 400 customers' }));
    await within(await findByRole('dialog')).findByRole('link', { name: 'Ada' });
    expect(asked.find(({ path }) => path === '/measure/metric-customers')?.body).toMatchObject({ metricId: 'visits', version: 3, grain: 'week', asOf: answer.asOf, segment: { channel: 'email' }, period: 1 });
  });

  it('lists nobody to who may not see people', async () => {
    serve({ ...routes, 'GET /session': viewer });
    const { findByRole, queryByRole } = await open('/trees/company?metric=visits', 'en');
    await findByRole('complementary', { name: 'Details of Metric visits' });
    expect(queryByRole('button', { name: /See these/ })).toBeNull();
    expect(queryByRole('button', { name: 'Approve' })).toBeNull();
  });
});

describe('the first tree', () => {
  const none: Routes = { 'GET /trees': { items: [] }, 'GET /trees/starters': { items: [starter] }, 'GET /events/names': { items: [{ name: 'core work done', type: 'track', count: 12, last: '2026-11-01T00:00:00Z', weekly: [] }] } };

  it('is begun from a starter, with one\'s own names of events, in order; what is there is kept', async () => {
    const asked = serve({
      ...none, ...routes, 'GET /trees': { items: [] },
      'PUT /definitions/Metric/work': { ...revision, kind: 'Metric', id: 'work' },
      'PUT /definitions/Metric/trials': () => new Response(JSON.stringify({ title: 'taken', status: 409, key: 'ledger.stale', current: { ...revision, kind: 'Metric', id: 'trials' } }), { status: 409 }),
      'PUT /definitions/Tree/company': revision,
    });
    const { user, findByRole, findByText, router } = await open('/trees', 'en');
    await findByText(/There is no tree yet/);
    await user.click(await findByRole('button', { name: 'Begin from this one' }));
    const dialog = within(await findByRole('dialog'));
    await dialog.findByDisplayValue('core work done');
    dialog.getByText(/1 event was never received/);
    await user.type(dialog.getByRole('combobox', { name: 'Your name of “Trial Started”' }), 'Test Begun');
    await user.type(dialog.getByRole('textbox', { name: 'Reason' }), 'to begin');
    await user.click(dialog.getByRole('button', { name: 'Write it to the ledger' }));
    await findByText('1 id was taken and stays as it is: trials');
    const written = asked.filter(({ method }) => method === 'PUT');
    expect(written.map(({ path }) => path)).toEqual(['/definitions/Metric/work', '/definitions/Metric/trials', '/definitions/Tree/company']);
    expect(written.map(({ body }) => (body as { reason: string }).reason)).toEqual(['to begin', 'to begin', 'to begin']);
    expect(written[0]?.headers.get('If-Match')).toBe('"0"');
    expect(written[0]?.body).toMatchObject({ body: { count: { when: [{ event: 'core work done' }] } } });
    expect(written[1]?.body).toMatchObject({ body: { count: { event: 'Test Begun' } } });
    expect(written[2]?.body).toMatchObject({ body: { id: 'company', value: { event: 'core work done', within: '30d' } } });
    expect(router.state.location.pathname).toBe('/trees/company');
  });

  it('is not offered to who may not write', async () => {
    serve({ ...none, 'GET /session': viewer });
    const { findByText, queryByRole, getByRole } = await open('/trees', 'en');
    await findByText('Companies pay.');
    expect(queryByRole('button', { name: 'Begin from this one' })).toBeNull();
    expect(getByRole('link', { name: 'All metrics' }).getAttribute('href')).toBe('/metric');
  });
});

describe('the rail', () => {
  it('leads to the tree, and is lit on the list of metrics too', async () => {
    serve({ 'GET /metrics': { items: [] } });
    const { findByRole } = await open('/metric', 'en');
    const link = await findByRole('link', { name: 'Metrics' });
    expect(link.getAttribute('href')).toBe('/trees');
    expect(link.getAttribute('aria-current')).toBe('page');
  });
});

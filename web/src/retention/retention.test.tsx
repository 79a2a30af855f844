import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Cohort, Retention, RetentionAnswer, Revision } from '../api/types';
import { open } from '../test/open';
import { problem, serve, session, type Routes } from '../test/server';
import { changesOf, edited, leastReturning, parseAddress, questionOf, searchOf, withText } from './model';

const table: Retention = {
  kind: 'Retention', id: 'again', name: { 'zh-Hant': '每月還在用', en: 'Still in use' },
  subject: 'account', start: { event: 'Machine Delivered' }, return: { event: 'Brew Made' }, period: 'month', intervals: 3, minOccurrences: 10,
};
const revision: Revision<Retention> = {
  kind: 'Retention', id: 'again', version: 2, hash: 'sha256:0', status: 'proposed', deleted: false, author: '吳雅婷', reason: '看看', at: '2026-10-01T00:00:00Z', current: true, body: table,
};
const rate = (k: number, n: number) => ({ rate: n ? k / n : null, low: n ? (k / n) * 0.8 : null, high: n ? Math.min(1, (k / n) * 1.2 + 1 / n) : null, n });
const cohort = (from: string, counts: number[], complete: number): Cohort => ({
  from: `${from}T00:00:00+08:00`, counts, rates: counts.map((count) => rate(count, counts[0] ?? 0)), complete, partial: complete < counts.length,
});
const answer: RetentionAnswer = {
  definition: { kind: 'Retention', id: 'again', version: 2, hash: 'sha256:0' },
  asOf: '2026-11-25T00:00:00Z', timezone: 'Asia/Taipei',
  rule: { subject: 'account', period: 'month', weekStart: 'monday', mode: 'calendar', intervals: 3, cumulative: false, minOccurrences: 10 },
  facts: { events: 9000, customers: 120, through: 9 }, unattributed: 3,
  average: [rate(96, 96), rate(54, 96), rate(0, 0)],
  rows: [cohort('2026-09-01', [60, 45, 40], 2), cohort('2026-10-01', [36, 9], 2), cohort('2026-11-01', [5], 0)],
};
const routes: Routes = { 'GET /definitions/Retention/again': revision, 'POST /measure': answer, 'GET /traits': { items: [] }, 'GET /events/properties': { items: [] } };
const page = '/journeys/retention/again';

describe('a retention table', () => {
  it('opens with the cohort that came back least, with its n and its interval', async () => {
    serve(routes);
    const { findByText } = await open(page, 'en');
    const sentence = await findByText(/The fewest came back/);
    expect(sentence.textContent).toContain('36 accounts of Oct 2026');
    expect(sentence.textContent).toContain('9 accounts (25.0%)');
    expect(sentence.textContent).toContain('56.3% (n = 96)');
  });

  it('says every cell in words, also that it is not over yet', async () => {
    serve(routes);
    const { findByRole } = await open(page, 'en');
    await findByRole('button', { name: 'Started in Sep 2026, back 1 month later: 45 accounts (75.0%, 95% interval 60.0–91.7%, n = 60).' });
    const last = await findByRole('button', { name: /back 2 months later: 40 accounts/ });
    expect(last.textContent).toContain('not over yet');
    expect(last.closest('td')?.dataset.open).toBe('true');
    await findByRole('button', { name: 'Started in Nov 2026: 5 accounts. This interval is not over yet; it can only grow.' });
  });

  it('says unknown of what no cohort has behind it, never zero', async () => {
    serve(routes);
    const { findByRole } = await open(page, 'en');
    const together = (await findByRole('rowheader', { name: 'All together' })).closest('tr') as HTMLElement;
    expect(within(together).getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['96', '56.3%45.0–68.5%', 'unknown']);
  });

  it('goes from cell to cell by the arrow keys, and never outside of the triangle', async () => {
    serve(routes);
    const { user, findByRole } = await open(page, 'en');
    (await findByRole('button', { name: /^Started in Sep 2026: 60/ })).focus();
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    expect((document.activeElement as HTMLElement).dataset.cell).toBe('0+2');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}');
    expect((document.activeElement as HTMLElement).dataset.cell).toBe('1+0');
  });

  it('opens a cell to its customers, by the question that was counted, and keeps it in the address', async () => {
    const asked = serve({
      ...routes,
      'POST /measure/retention-customers': { total: 9, items: [{ id: 'a1', name: 'Tea House', startedAt: '2026-10-03T00:00:00Z', returnedAt: '2026-11-02T00:00:00Z', returns: 12 }] },
    });
    const { user, router, findByRole } = await open(`${page}?from=2026-09-01`, 'en');
    await user.click(await findByRole('button', { name: /^Started in Oct 2026, back 1 month later/ }));
    const dialog = within(await findByRole('dialog'));
    dialog.getByText('Customers of Oct 2026 who came back 1 month later');
    await dialog.findByRole('link', { name: 'Tea House' });
    dialog.getByText('9 accounts');
    const question = asked.find((one) => one.path === '/measure/retention-customers')?.body;
    expect(question).toMatchObject({ retentionId: 'again', version: 2, from: '2026-09-01', row: 1, interval: 1 });
    expect(router.state.location.search).toEqual({ from: '2026-09-01', at: '1.1' });
  });

  it('follows an edit with a draft, and saves it as a revision with a reason', async () => {
    const asked = serve({ ...routes, 'PUT /definitions/Retention/again': { ...revision, version: 3, body: { ...table, cumulative: true } } });
    const { user, findByRole, queryByRole } = await open(page, 'en');
    await findByRole('rowheader', { name: 'All together' });
    expect(queryByRole('button', { name: 'Save' })).toBeNull();
    await user.click(await findByRole('switch', { name: 'Cumulative' }));
    await expect.poll(() => asked.filter((one) => one.path === '/measure').map((one) => (one.body as { retention?: Retention }).retention?.cumulative)).toEqual([undefined, true]);
    await user.click(await findByRole('button', { name: 'Save' }));
    const dialog = within(await findByRole('dialog'));
    dialog.getByText('cumulative');
    await user.type(dialog.getByRole('textbox'), 'late ones count too');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await expect.poll(() => asked.find((one) => one.method === 'PUT')?.body).toEqual({ reason: 'late ones count too', body: { ...table, cumulative: true } });
    expect(asked.find((one) => one.method === 'PUT')?.headers.get('If-Match')).toBe('"2"');
  });

  it('lets the person decide when somebody else has saved', async () => {
    const theirs = { ...revision, version: 3, author: 'Grace', reason: 'shorter', body: { ...table, intervals: 2 } };
    serve({
      ...routes,
      'PUT /definitions/Retention/again': () =>
        new Response(JSON.stringify({ type: 'about:blank', title: 'stale', status: 409, key: 'ledger.stale', kind: 'conflict', current: theirs }), { status: 409 }),
    });
    const { user, findByRole, findByText, queryByRole } = await open(page, 'en');
    await user.click(await findByRole('switch', { name: 'Cumulative' }));
    await user.click(await findByRole('button', { name: 'Save' }));
    const dialog = within(await findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'why not');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await findByText('Grace has just saved version 3');
    await user.click(await findByRole('button', { name: 'Take theirs' }));
    await findByText(/Version 3 · Grace/);
    await expect.poll(() => queryByRole('button', { name: 'Save' })).toBeNull();
  });

  it('puts what one changed on top of theirs, and leaves the rest as they wrote it', async () => {
    const theirs = { ...revision, version: 3, author: 'Grace', reason: 'shorter', body: { ...table, intervals: 2 } };
    const asked = serve({
      ...routes,
      'PUT /definitions/Retention/again': ({ headers, body }: { headers: Headers; body: unknown }) =>
        headers.get('If-Match') === '"3"'
          ? { ...theirs, version: 4, body: (body as { body: Retention }).body }
          : new Response(JSON.stringify({ type: 'about:blank', title: 'stale', status: 409, key: 'ledger.stale', kind: 'conflict', current: theirs }), { status: 409 }),
    });
    const { user, findByRole, findByText } = await open(page, 'en');
    const save = async () => {
      await user.click(await findByRole('button', { name: 'Save' }));
      const dialog = within(await findByRole('dialog'));
      await user.type(dialog.getByRole('textbox'), 'why not');
      await user.click(dialog.getByRole('button', { name: 'Save' }));
    };
    await user.click(await findByRole('switch', { name: 'Cumulative' }));
    await save();
    await user.click(await findByRole('button', { name: 'Put mine on top' }));
    await save();
    await findByText(/Version 4 · Grace/);
    expect(asked.findLast((one) => one.method === 'PUT')?.body).toEqual({ reason: 'why not', body: { ...table, intervals: 2, cumulative: true } });
  });

  it('is asked as of a day and of a segment', async () => {
    const asked = serve(routes);
    const { findByRole } = await open(`${page}?asOf=2026-10-31&segment=%7B%22channel%22%3A%22ads%22%7D`, 'en');
    await findByRole('rowheader', { name: 'All together' });
    expect(asked.find((one) => one.path === '/measure')?.body).toMatchObject({ asOf: '2026-10-31', segment: { channel: 'ads' } });
  });

  it('tells what is wrong and keeps the numbers it had', async () => {
    let broken = false;
    serve({ ...routes, 'POST /measure': () => (broken ? problem(422, 'retention.invalid', 'The retention table has 1 fault(s).') : answer) });
    const { user, findByRole, findByText } = await open(page, 'en');
    await findByRole('rowheader', { name: 'All together' });
    broken = true;
    await user.click(await findByRole('switch', { name: 'Cumulative' }));
    await findByText(/The retention table has 1 fault/);
    await findByRole('rowheader', { name: 'All together' });
  });

  it('shows a viewer the numbers and offers nothing that the server would refuse', async () => {
    const asked = serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    const { user, findByRole } = await open(page, 'en');
    const cell = await findByRole('button', { name: /^Started in Oct 2026, back 1 month later/ });
    await user.click(cell);
    expect(cell.getAttribute('aria-disabled')).toBe('true');
    expect(asked.some((one) => one.path === '/measure/retention-customers')).toBe(false);
    expect((await findByRole('switch', { name: 'Cumulative' })).hasAttribute('disabled')).toBe(true);
  });
});

describe('the list of tables', () => {
  const summary = {
    id: 'again', name: { en: 'Still in use' }, subject: 'account', version: 2, status: 'approved', author: '吳雅婷', at: '2026-10-01T00:00:00Z',
    period: 'month', intervals: 12, headline: { rate: { rate: 0.74, low: 0.7, high: 0.78, n: 505 }, asOf: '2026-11-25T00:00:00Z' },
  };
  const journey = {
    id: 'a', name: 'A', subject: 'person', version: 1, status: 'approved', author: '吳雅婷', at: '2026-10-01T00:00:00Z', stages: 1, steps: 1, unboundSteps: 1,
    badges: { measurable: 'fails', traceable: 'holds', predictable: 'unknown', inheritable: 'fails' }, headline: null,
  };
  const journeys = { 'GET /journeys': { items: [journey] } };

  it('says how many come back after one interval, or that it cannot be said', async () => {
    serve({ ...journeys, 'GET /retentions': { items: [summary, { ...summary, id: 'new', name: 'New', headline: null }] } });
    const { findByRole } = await open('/journeys', 'en');
    const row = within((await findByRole('heading', { name: /Still in use/ })).closest('li') as HTMLElement);
    row.getByText('Back 1 month later');
    row.getByText('74.0%');
    const unknown = within((await findByRole('heading', { name: /New/ })).closest('li') as HTMLElement);
    unknown.getByText('unknown');
  });

  it('waits for the first journey where there is nothing yet', async () => {
    serve({ 'GET /journeys': { items: [] }, 'GET /retentions': { items: [] } });
    const { findByRole, queryByRole } = await open('/journeys', 'en');
    await findByRole('heading', { name: 'No journey yet' });
    expect(queryByRole('heading', { name: 'Retention' })).toBeNull();
  });

  it('makes a new table and opens it', async () => {
    const asked = serve({ ...routes, ...journeys, 'GET /retentions': { items: [] }, 'PUT /definitions/Retention/who-returns': { ...revision, id: 'again', version: 1 } });
    const { user, router, findByRole, findByLabelText } = await open('/journeys', 'en');
    await user.click(await findByRole('button', { name: /New table/ }));
    await user.type(await findByLabelText('Name'), 'Who returns');
    await user.click(await findByRole('button', { name: 'Create' }));
    await expect.poll(() => router.state.location.pathname).toBe(page);
    expect(asked.find((one) => one.method === 'PUT')?.body).toMatchObject({ reason: 'Add the retention table “Who returns”', body: { kind: 'Retention', id: 'who-returns', period: 'week' } });
  });
});

describe('the model of a table', () => {
  it('asks a stored table by its id and a draft whole; names and words change no number', () => {
    expect(questionOf(revision, { ...table, name: 'x', description: 'y' }, { from: '2026-09-01' })).toEqual({ retentionId: 'again', version: 2, from: '2026-09-01' });
    expect(questionOf(revision, { ...table, intervals: 4 }, {})).toMatchObject({ retention: { intervals: 4, id: 'again' } });
  });

  it('does not write what goes without saying, nor what no longer fits', () => {
    const rolling = edited({ ...table, period: 'day' }, { mode: 'rolling24h' });
    expect(rolling.mode).toBe('rolling24h');
    expect(edited(rolling, { period: 'week' }).mode).toBeUndefined();
    expect(edited({ ...table, period: 'week' }, { weekStart: 'monday', subject: 'person', minOccurrences: 1, cumulative: false })).toEqual({
      kind: 'Retention', id: 'again', name: table.name, start: table.start, return: table.return, period: 'week', intervals: 3,
    });
  });

  it('reads and writes addresses, and leaves out what makes no sense', () => {
    expect(parseAddress({ from: '2026-09-01', asOf: '2026-10-01T00:00:00Z', at: '3.2' })).toEqual({ from: '2026-09-01', asOf: '2026-10-01T00:00:00Z', at: { row: 3, interval: 2 } });
    expect(parseAddress({ from: 'May', asOf: 'x', at: '3' })).toEqual({});
    expect(searchOf({ at: { row: 3, interval: 2 } })).toEqual({ from: undefined, asOf: undefined, at: '3.2' });
  });

  it('finds the least by the upper end of its interval, among what is over', () => {
    expect(leastReturning(answer)?.row).toBe(1);
    const few = { ...answer, rows: [cohort('2026-08-01', [2, 0], 2), ...answer.rows] };
    expect(leastReturning(few)?.cohort.counts).toEqual([36, 9]);
    expect(leastReturning({ ...answer, rows: answer.rows.map((row) => ({ ...row, complete: 1 })) })).toBeNull();
  });

  it('keeps texts of other languages, and lists what an edit changes', () => {
    expect(withText(table.name, 'en', 'In use')).toEqual({ 'zh-Hant': '每月還在用', en: 'In use' });
    expect(withText(undefined, 'en', '')).toBeUndefined();
    expect(changesOf(table, { ...table, intervals: 4, cumulative: true })).toEqual([
      { field: 'intervals', from: 3, to: 4 },
      { field: 'cumulative', from: undefined, to: true },
    ]);
  });
});

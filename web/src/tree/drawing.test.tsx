import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { MetricSummary } from '../api/metric';
import { open } from '../test/open';
import { problem, serve, session, type Routes } from '../test/server';
import { answer, definition, revision } from './fixture';
// Chunks of their own, compiled before the first test waits for them.
import './canvas/Canvas';
import './TreeRoute';

const summary = (id: string): MetricSummary => ({
  id, name: { en: `Metric ${id}` }, meaning: '', owner: [], level: 2, version: 1, status: 'approved', author: 'Ada', at: '2026-10-01T00:00:00Z', unit: 'order', good: 'up', grain: 'week', asOf: null, periods: [], problem: null,
});
const routes: Routes = {
  'GET /definitions/Tree/company': revision, 'GET /trees': { items: [] }, 'POST /measure/tree': answer, 'GET /traits': { items: [] }, 'GET /journeys': { items: [] },
  'GET /metrics': { items: [...answer.nodes.map(({ metric }) => metric), 'extra'].map(summary) },
};

describe('drawing a tree', () => {
  it('changes what a metric is, measures the draft, and is undone', async () => {
    const asked = serve(routes);
    const { user, findByRole, findByText, queryByRole } = await open('/trees/company?edit=1&metric=fans', 'en');
    await user.click(await findByRole('checkbox', { name: 'may get worse' }));
    await findByText(/not saved/);
    await findByRole('checkbox', { name: 'may get worse', checked: true });
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { id: 'company', counters: ['fans'] } });
    await user.keyboard('{Control>}z{/Control}');
    await findByRole('checkbox', { name: 'may get worse', checked: false });
    expect(queryByRole('button', { name: 'Save' })).toBeNull();
  });

  it('is saved with a reason, on the version it was based on', async () => {
    const asked = serve({ ...routes, 'PUT /definitions/Tree/company': ({ body }: { body: unknown }) => ({ ...revision, version: 5, body: (body as { body: unknown }).body }) });
    const { user, findByRole, findByText } = await open('/trees/company?edit=1&metric=objective:grow', 'en');
    const name = await findByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'Grow well');
    await user.tab();
    await user.click(await findByRole('button', { name: 'Save' }));
    const dialog = within(await findByRole('dialog'));
    dialog.getByText('Objective “Grow well” changed');
    await user.type(dialog.getByRole('textbox', { name: 'Reason' }), 'as we said');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await findByText('Saved as version 5');
    const put = asked.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"4"');
    expect(put?.body).toMatchObject({ reason: 'as we said', body: { objectives: [{ id: 'grow', name: { en: 'Grow well' } }] } });
  });

  it('loses nothing when somebody saved in the meantime', async () => {
    const theirs = { ...revision, version: 5, author: 'Grace', reason: 'theirs', body: { ...definition, counters: ['visits'] } };
    const asked = serve({ ...routes, 'PUT /definitions/Tree/company': () => new Response(JSON.stringify({ title: 'stale', status: 409, key: 'ledger.stale', current: theirs }), { status: 409 }) });
    const { user, findByRole, findByText } = await open('/trees/company?edit=1&metric=fans', 'en');
    await user.click(await findByRole('checkbox', { name: 'outcome' }));
    await user.click(await findByRole('button', { name: 'Save' }));
    const dialog = within(await findByRole('dialog'));
    await user.type(dialog.getByRole('textbox', { name: 'Reason' }), 'mine');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await findByText('Grace has just saved version 5');
    await user.click(await findByRole('button', { name: 'Put mine on top' }));
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { counters: ['visits'], outcomes: ['fans'] } });
  });

  it('tells the faults of a draft, at the card too, and keeps the numbers known', async () => {
    const fault = () => new Response(JSON.stringify({ title: 'The tree has 1 fault(s).', status: 422, key: 'tree.invalid', kind: 'invalid', faults: [{ path: 'constellation[2]', message: 'Once is enough.' }] }), { status: 422 });
    serve({ ...routes, 'POST /measure/tree': ({ body }: { body: unknown }) => ('tree' in (body as object) ? fault() : answer) });
    const { user, findByRole, findByText } = await open('/trees/company?edit=1&metric=fans', 'en');
    await user.click(await findByRole('checkbox', { name: 'outcome' }));
    await findByText('Once is enough.');
    const card = await findByRole('button', { name: /^Metric signed unknown/ });
    expect([card.dataset.fault, card.title]).toEqual(['true', 'Once is enough.']);
    await findByRole('button', { name: /^Metric star 587 machines/ });
  });

  it('adds an objective with a strategy, and shows it before it is measured', async () => {
    serve({ ...routes, 'POST /measure/tree': ({ body }: { body: unknown }) => ('tree' in (body as object) ? problem(503, 'busy', 'Busy.') : answer) });
    const { user, findByRole } = await open('/trees/company?edit=1', 'en');
    await user.click(await findByRole('button', { name: 'Add an objective' }));
    await user.type(await findByRole('textbox', { name: 'Name of the objective' }), 'Keep them{Enter}');
    await findByRole('button', { name: /^Keep them objective/ });
    await user.type(await findByRole('textbox', { name: 'Name of the strategy' }), 'Call them{Enter}');
    await findByRole('button', { name: /^Call them/ });
    await findByRole('complementary', { name: 'Details of Call them' });
  });

  it('hangs a metric in it as what one says it is', async () => {
    const asked = serve(routes);
    const { user, findByRole, findByTitle, findAllByTitle, findByText } = await open('/trees/company?edit=1', 'en');
    await user.click(await findByRole('button', { name: 'Add a metric' }));
    await user.click(await findByRole('combobox', { name: 'Metric' }));
    await user.click(await findByTitle('Metric extra'));
    await user.click(await findByRole('combobox', { name: 'As what' }));
    await user.click((await findAllByTitle('Shops')).at(-1) as HTMLElement); // the option, not the card
    await user.click(await findByRole('button', { name: 'Add' }));
    await findByRole('complementary', { name: 'Details of Metric extra' });
    await findByText('Metric extra measures “Shops”');
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { objectives: [{ strategies: [{}, { measures: [{ metric: 'fans' }, { metric: 'extra' }] }] }] } });
  });

  it('moves a card with Alt and the arrows', async () => {
    serve(routes);
    const { user, findByRole } = await open('/trees/company?edit=1&metric=visits', 'en');
    (await findByRole('button', { name: /^Metric visits 100 orders/ })).focus();
    await user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await user.click(await findByRole('button', { name: 'Put it back in the layout' }));
    expect(document.body.textContent).not.toContain('Put it back in the layout');
  });

  it('is not for who may only read', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    const { findByRole, queryByRole } = await open('/trees/company?edit=1&metric=fans', 'en');
    await findByRole('complementary', { name: 'Details of Metric fans' });
    expect([queryByRole('checkbox'), queryByRole('button', { name: 'Add an objective' }), queryByRole('button', { name: 'Edit' })]).toEqual([null, null, null]);
  });
});

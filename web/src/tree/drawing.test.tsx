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

  it('divides a target, and tells what is left as one types, and the fault of a part at its field', async () => {
    const fault = () => new Response(JSON.stringify({ title: 'The tree has 1 fault(s).', status: 422, key: 'tree.invalid', kind: 'invalid', faults: [{ path: 'targets[0].parts[0].share', message: 'No share is that large.' }] }), { status: 422 });
    const asked = serve({ ...routes, 'POST /measure/tree': ({ body }: { body: unknown }) => (JSON.stringify(body).includes('"share":1.5') ? fault() : answer) });
    const { user, findByRole, findAllByTitle, findByText, queryByText } = await open('/trees/company?view=table&edit=1&metric=star', 'en');
    const parts = within(await findByRole('group', { name: 'Apportioned to' }));
    await user.click(parts.getByRole('combobox', { name: 'Ask a part of…' }));
    await user.click((await findAllByTitle('Grow')).at(-1) as HTMLElement);
    const share = parts.getByRole('spinbutton', { name: 'Part of Grow' });
    await expect.poll(() => document.activeElement).toBe(share); // all of it, and to be typed over
    expect(parts.getByRole('status').textContent).toBe('620 machines of 620 machinesnothing is left');
    await user.clear(share);
    await user.type(share, '40');
    expect(parts.getByRole('status').textContent).toBe('248 machines of 620 machines372 machines left');
    await user.keyboard('{Enter}');
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { targets: [{ metric: 'star', parts: [{ objective: 'grow', share: 0.4 }] }] } });
    await user.click(parts.getByText('value'));
    expect(share).toHaveProperty('value', '248');
    await user.click(parts.getByText('share'));
    await user.clear(share);
    await user.type(share, '150{Enter}');
    expect(parts.getByRole('status').textContent).toContain('310 machines too much');
    const told = await parts.findByText('No share is that large.');
    expect([share.getAttribute('aria-invalid'), share.getAttribute('aria-describedby')]).toEqual(['true', told.id]);
    await user.click(parts.getByRole('button', { name: 'Ask nothing of Grow' }));
    expect(queryByText('Part of Grow')).toBeNull();
    expect(document.activeElement).toBe(parts.getByRole('combobox', { name: 'Ask a part of…' }));
    await findByText('Target of Metric star from 2026-07-01 asks nothing of Grow');
  });

  it('gives a target to an objective, where it stands on', async () => {
    const asked = serve({ ...routes, 'POST /measure/tree': ({ body }: { body: unknown }) => ('tree' in (body as object) ? problem(503, 'busy', 'Busy.') : answer) });
    const { user, findByRole, findAllByTitle, findAllByText, queryByRole } = await open('/trees/company?view=table&edit=1&metric=star', 'en');
    await user.click(await findByRole('combobox', { name: 'Belongs to' }));
    await user.click((await findAllByTitle('Grow')).at(-1) as HTMLElement);
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { objectives: [{ targets: [{ metric: 'star', value: 620 }] }] } });
    await user.click(await findByRole('button', { name: 'Grow' }));
    const objective = within(await findByRole('complementary', { name: 'Details of Grow' }));
    objective.getByText('587 machines now, 600 machines due · target 620 machines, behind');
    await user.click(objective.getByRole('combobox', { name: 'Its number is' }));
    await user.click((await findAllByText('a total of its days')).at(-1) as HTMLElement);
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { objectives: [{ targets: [{ reads: 'total' }] }] } });
    await user.keyboard('{Control>}zz{/Control}');
    expect(queryByRole('combobox', { name: 'Its number is' })).toBeNull();
  });

  it('says the role of a measure and the experiment of an influence', async () => {
    const asked = serve({ ...routes, 'POST /measure/tree': ({ body }: { body: unknown }) => ('tree' in (body as object) ? problem(503, 'busy', 'Busy.') : answer) });
    const { user, findByRole, findByTitle, findAllByText } = await open('/trees/company?view=table&edit=1&metric=rate', 'en');
    await user.click(await findByRole('combobox', { name: 'What it is to “Partners”' }));
    await user.click(await findByTitle('has a target'));
    await user.type(await findByRole('textbox', { name: 'Experiment that tested it' }), 'ab-12{Tab}');
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({
      tree: { objectives: [{ strategies: [{ measures: [{ metric: 'rate', role: 'target' }, { metric: 'basket' }] }, {}] }], influences: [{ from: 'rate', to: 'star', experiment: 'ab-12' }, {}] },
    });
    await findAllByText(/tested by ab-12/);
  });

  it('says what value is, with how many would have it, and at once what is wrong with it', async () => {
    const share = { name: 'share', value: 0.8, n: 400, low: 0.76, high: 0.84 };
    const test = { test: 'farFromValue', outcome: 'pass', numbers: [share], missing: [], method: { name: '' } };
    const withValue = { ...answer, nodes: answer.nodes.map((one) => (one.metric === 'star' ? { ...one, vanity: { metric: 'star', judgement: 'unknown', standing: 'unknown', tests: [test], reasons: [] } } : one)) };
    const asked = serve({
      ...routes, 'GET /events/names': { items: [{ name: 'Brewed', type: 'track', count: 9, first: '2026-01-01T00:00:00Z', last: '2026-11-01T00:00:00Z', weekly: [] }] }, 'GET /events/properties': { items: [] },
      'POST /measure/tree': ({ body }: { body: unknown }) => (JSON.stringify(body).includes('"value":{"event"') ? withValue : answer),
    });
    const { user, findByRole } = await open('/trees/company?view=table&edit=1', 'en');
    await user.click(await findByRole('button', { name: 'What is value?' }));
    const dialog = within(await findByRole('dialog'));
    expect((dialog.getByRole('button', { name: 'Take it' }) as HTMLButtonElement).disabled).toBe(true);
    await user.click(await dialog.findByRole('option', { name: /Brewed/ }));
    await dialog.findByText('80.0%');
    dialog.getByText('76.0%–84.0%, n = 400');
    await user.click(dialog.getByRole('button', { name: 'Take it' }));
    await findByRole('button', { name: /^Value: Brewed, within 30 days/ });
    await expect.poll(() => asked.filter(({ path }) => path === '/measure/tree').at(-1)?.body).toMatchObject({ tree: { value: { event: 'Brewed', within: '30d' } } });
    await user.keyboard('{Control>}z{/Control}');
    await findByRole('button', { name: 'What is value?' });
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

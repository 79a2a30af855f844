// Making and editing a metric, as somebody does it.
import { fireEvent, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Metric, MetricAnswer, MetricPoint } from '../../api/metric';
import type { Revision } from '../../api/types';
import { open } from '../../test/open';
import { serve, session, type Asked, type Routes } from '../../test/server';
import { blank } from './model/definition';
import { store, stored } from './model/stored';
// The chunks that the screens fetch, compiled before the first of them is waited for.
import '../MetricRoute';
import '../MetricsPage';
import './AsText';
import './DefinePage';

const point = (week: number, value: number): MetricPoint => ({ from: `2026-10-${String(5 + 7 * week).padStart(2, '0')}T00:00:00+08:00`, value, n: 40, customers: 30, low: null, high: null, partial: false });
const answer = (values: number[], more: Partial<MetricAnswer> = {}): MetricAnswer => ({
  definition: { kind: 'Metric', id: 'x', version: null, hash: 'sha256:0' }, asOf: '2026-11-02T00:00:00Z', timezone: 'Asia/Taipei', grain: 'week', unit: 'order', good: 'up', subject: 'person',
  facts: { events: 900, customers: 120, through: 9 }, unattributed: 0, leftOut: 0, periods: values.map((value, week) => point(week, value)), ...more,
});
const orders: Metric = { kind: 'Metric', id: 'orders', name: { en: 'Orders', 'zh-Hant': '訂單' }, unit: 'order', count: { event: 'Order Placed', where: { channel: 'web' } }, soWhat: { up: { en: 'stock up' } } };
const paid: Metric = { kind: 'Metric', id: 'paid_orders', name: { en: 'Paid orders' }, count: { event: 'Order Placed' } };
const revision: Revision<Metric> = { kind: 'Metric', id: 'orders', version: 2, hash: 'sha256:0', status: 'approved', deleted: false, author: '吳雅婷', reason: 'at first', at: '2026-10-01T00:00:00Z', current: true, body: orders };
const names = [
  { id: 'orders', name: { en: 'Orders', 'zh-Hant': '訂單' }, unit: 'order' }, { id: 'ad_cost', name: { en: 'Ad spend', 'zh-Hant': '廣告花費' }, unit: 'TWD' }, { id: 'leads', name: { en: 'Leads', 'zh-Hant': '名單' }, unit: 'lead' },
];
const told = (spokenOfBy: object[] = []) => ({ spokenOfBy });
const routes: Routes = {
  'GET /metrics': { items: [] }, 'GET /catalogue': { items: names }, 'GET /definitions/Metric/orders': revision, 'GET /definitions/Metric/orders/explanation': told(),
  'GET /events/names': { items: [{ type: 'track', name: 'Order Placed', count: 9, first: '2026-01-01T00:00:00Z', last: '2026-11-01T00:00:00Z', weekly: [1, 2] }] },
  'GET /traits': { items: [] }, 'GET /events/properties': { items: [] }, 'POST /measure': answer([10, 12]),
};
/** Buttons by what stands on them; asking for their role looks at the whole page. */
const onButton = { selector: 'button > span' };
/** A refusal with its faults. */
const refusal = (faults: object[]) => new Response(JSON.stringify({ type: 'about:blank', title: 'The metric has faults.', status: 422, kind: 'invalid', key: 'metric.invalid', faults }), { status: 422 });
/** Writes a whole text at once. */
const fill = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
const drafts = (asked: Asked[]) => asked.filter(({ path }) => path === '/measure').flatMap(({ body }) => (body as { metric?: Metric }).metric ?? []);

beforeEach(() => sessionStorage.clear());

describe('a new metric', () => {
  it('is made from the list: named, and counted while one looks at its number', async () => {
    const asked = serve(routes);
    const { user, findByText, findByLabelText, getByLabelText, getByText } = await open('/metric', 'en');
    await user.click(await findByText('New metric'));
    fill(await findByLabelText('Name'), 'Paid orders');
    expect((getByLabelText('Id') as HTMLInputElement).value).toBe('paid_orders');
    await findByText('Still needed: how it is counted.');
    await user.click(getByText('Count'));
    await findByText('Still needed: an event.');
    await user.click(await findByText('Order Placed'));
    await findByText(/n = 40/);
    await vi.waitFor(() => expect(drafts(asked).at(-1)).toEqual(paid));
  });

  it('is saved with a reason, and opens', async () => {
    store(null, { version: 0, base: blank(), metric: paid });
    const saved = { ...revision, id: 'paid_orders', version: 1 };
    const asked = serve({ ...routes, 'PUT /definitions/Metric/paid_orders': saved, 'GET /definitions/Metric/paid_orders': saved });
    const { user, router, findByText, findByRole, getByText } = await open('/metric?define=new', 'en');
    await findByText(/n = 40/);
    await user.click(getByText('Save', onButton));
    const dialog = within(await findByRole('dialog'));
    fill(dialog.getByLabelText('Reason'), 'because we ask');
    await user.click(dialog.getByText('Save', onButton));
    await vi.waitFor(() => expect(router.state.location.pathname).toBe('/metric/paid_orders'));
    const put = asked.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"0"');
    expect(put?.body).toEqual({ body: paid, reason: 'because we ask' });
    expect(stored(null)).toBeNull();
  });

  it('says what is missing where it is, once somebody wants to save', async () => {
    serve(routes);
    const { user, findByLabelText, findByText, queryByText, getByText } = await open('/metric?define=new', 'en');
    fill(await findByLabelText('Name'), '名');
    expect(queryByText('give it an id')).toBeNull();
    await user.click(getByText('Save', onButton));
    await findByText('give it an id');
    await findByText('choose how it is counted');
    fill(await findByLabelText('Id'), 'orders');
    await findByText('another metric has this id');
  });

  it('outlives a reload, and can be begun anew', async () => {
    serve(routes);
    const first = await open('/metric?define=new', 'en');
    fill(await first.findByLabelText('Name'), 'Half done');
    first.unmount();
    const { user, findByLabelText, findByText, getByText } = await open('/metric?define=new', 'en');
    await findByText(/your unsaved draft/);
    expect(((await findByLabelText('Name')) as HTMLInputElement).value).toBe('Half done');
    await user.click(getByText('Drop it and start over'));
    expect(((await findByLabelText('Name')) as HTMLInputElement).value).toBe('');
  });

  it('is not offered to who may only look', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    const { findByText, queryByRole } = await open('/metric?define=new', 'en');
    await findByText('No metrics yet');
    expect(queryByRole('link', { name: 'New metric' })).toBeNull();
  });
});

describe('a metric that is edited', () => {
  it('shows before and after, and what depends on it, before it is saved', async () => {
    const measure = ({ body }: Asked) => ((body as { metricId?: string }).metricId ? answer([10, 12]) : answer([10, 9]));
    const asked = serve({
      ...routes, 'POST /measure': measure, 'PUT /definitions/Metric/orders': { ...revision, version: 3 },
      'GET /definitions/Metric/orders/explanation': told([{ kind: 'Metric', id: 'per_order', name: { en: 'Cost per order' } }]),
      'GET /definitions/Metric/per_order/explanation': told([{ kind: 'Tree', id: 'company', name: 'Company' }]),
    });
    const { user, router, findByRole, findByLabelText, findByText, getAllByText, getByText } = await open('/metric/orders', 'en');
    await user.click(await findByText('Edit'));
    const unit = await findByLabelText('Unit');
    expect(getByText('Save', onButton).closest('button')?.disabled).toBe(true);
    fill(unit, 'orders');
    await findByText('12 orders');
    expect(getAllByText('9 orders')).toHaveLength(1);
    await findByText(/Of 2 periods, one has another number/);
    await user.click(getByText('Save', onButton));
    const dialog = within(await findByRole('dialog'));
    expect(dialog.getByText(/2 definitions use this metric/)).toBeTruthy();
    expect(dialog.getByRole('link', { name: 'Cost per order' })).toBeTruthy();
    expect(dialog.getByRole('link', { name: 'Company' })).toBeTruthy();
    fill(dialog.getByLabelText('Reason'), 'plural');
    await user.click(dialog.getByText('Save', onButton));
    await vi.waitFor(() => expect(router.state.location.search).toEqual({}));
    const put = asked.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"2"');
    expect(put?.body).toEqual({ body: { ...orders, unit: 'orders' }, reason: 'plural' });
  });

  it('loses nothing when somebody saved in the meantime', async () => {
    const theirs = { ...revision, version: 3, author: 'Ada', body: { ...orders, name: { en: 'Sales', 'zh-Hant': '訂單' }, good: 'down' } };
    let refused = false;
    const asked = serve({
      ...routes,
      'PUT /definitions/Metric/orders': ({ body }: Asked) => {
        if (refused) return { ...theirs, version: 4, body: (body as { body: Metric }).body };
        refused = true;
        return new Response(JSON.stringify({ title: 'stale', status: 409, kind: 'conflict', key: 'ledger.stale', current: theirs }), { status: 409 });
      },
    });
    const { user, findByRole, findByLabelText, findByText, getByText } = await open('/metric/orders?edit=1', 'en');
    const save = async () => {
      await user.click(getByText('Save', onButton));
      const dialog = within(await findByRole('dialog'));
      fill(dialog.getByLabelText('Reason'), 'clearer');
      await user.click(dialog.getByText('Save', onButton));
    };
    fill(await findByLabelText('Meaning'), 'All of them');
    await save();
    await findByText('Ada has just saved version 3');
    await user.click(getByText('Put mine on top'));
    expect(((await findByLabelText('Name')) as HTMLInputElement).value).toBe('Sales');
    await save();
    await vi.waitFor(() => expect(asked.filter(({ method }) => method === 'PUT')).toHaveLength(2));
    const put = asked.findLast(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"3"');
    expect(put?.body).toEqual({ body: { ...theirs.body, meaning: { en: 'All of them' } }, reason: 'clearer' });
  });

  it('is deleted with a reason, after one is told what can no longer be measured', async () => {
    const asked = serve({ ...routes, 'DELETE /definitions/Metric/orders': { ...revision, deleted: true }, 'GET /definitions/Metric/orders/explanation': told([{ kind: 'Tree', id: 'company', name: 'Company' }]) });
    const { user, router, findByRole, findByText } = await open('/metric/orders?edit=1', 'en');
    await user.click(await findByText('Delete'));
    await findByText(/in a tree its place has no number/);
    const dialog = within(await findByRole('dialog'));
    fill(dialog.getByLabelText('Reason'), 'nobody looks');
    await user.click(dialog.getByText('Delete', onButton));
    await vi.waitFor(() => expect(router.state.location.pathname).toBe('/metric'));
    const deletion = asked.find(({ method }) => method === 'DELETE');
    expect(deletion?.headers.get('If-Match')).toBe('"2"');
    expect(deletion?.body).toEqual({ reason: 'nobody looks' });
  });

  it('asks before unsaved work is left', async () => {
    serve(routes);
    const confirm = vi.fn(() => false);
    vi.stubGlobal('confirm', confirm);
    const { user, router, findByLabelText, getByText, getByLabelText } = await open('/metric/orders?edit=1', 'en');
    fill(await findByLabelText('Meaning'), 'x');
    await user.click(getByLabelText('Back to the metric'));
    expect(confirm).toHaveBeenCalledTimes(1);
    expect(router.state.location.search).toEqual({ edit: '1' });
    await user.click(getByText('Text'));
    expect(confirm).toHaveBeenCalledTimes(1);
    confirm.mockReturnValue(true);
    await user.click(getByLabelText('Back to the metric'));
    await vi.waitFor(() => expect(router.state.location.search).toEqual({}));
  });

  it('is the same as text: what is written there the form shows, and what cannot be read is told', async () => {
    serve(routes);
    const { user, findByLabelText, findByText, getByText } = await open('/metric/orders?edit=1&as=text', 'en');
    const text = (await findByLabelText('The definition as text')) as HTMLTextAreaElement;
    expect(text.value).toContain('event: Order Placed');
    fireEvent.change(text, { target: { value: `${text.value}sources: [x]\nid2: [` } });
    await findByText(/Line \d+/);
    fireEvent.change(text, { target: { value: text.value.replace(/id2.*/, '').replace('en: Orders', 'en: All orders') } });
    await user.click(getByText('Form'));
    const name = (await findByLabelText('Name')) as HTMLInputElement;
    expect(name.value).toBe('All orders');
    fill(name, 'All orders!');
    await user.click(getByText('Text'));
    const again = (await findByLabelText('The definition as text')) as HTMLTextAreaElement;
    expect(again.value).toContain('en: All orders!');
    expect(again.value).toMatch(/sources:\n +- x/);
  });

  it('is begun anew as text too', async () => {
    store('orders', { version: 2, base: orders, metric: { ...orders, level: 3 } });
    serve(routes);
    const { user, findByLabelText, findByText } = await open('/metric/orders?edit=1&as=text', 'en');
    expect(((await findByLabelText('The definition as text')) as HTMLTextAreaElement).value).toContain('level: 3');
    await user.click(await findByText('Drop it and start over'));
    expect(((await findByLabelText('The definition as text')) as HTMLTextAreaElement).value).not.toContain('level');
  });
});

describe('the formula of a metric', () => {
  const formula = { ...revision, id: 'cost', body: { kind: 'Metric', id: 'cost', formula: '' } as Metric };
  const measuredBy = (measure: Routes[string]): Routes => ({ ...routes, 'GET /definitions/Metric/cost': formula, 'GET /definitions/Metric/cost/explanation': told(), 'POST /measure': measure });

  it('finds metrics by name in the reader’s language, and is read back in words with units', async () => {
    const asked = serve(measuredBy(answer([3, 4], { unit: 'TWD/lead' })));
    const { user, findByLabelText, findByRole, findByText } = await open('/metric/cost?edit=1', 'zh-Hant');
    const field = (await findByLabelText('公式')) as HTMLTextAreaElement;
    await user.type(field, '花費');
    await findByRole('option', { name: /廣告花費/ });
    await user.keyboard('{Enter}');
    expect(field.value).toBe('ad_cost');
    await user.type(field, ' / 名');
    await user.click(await findByRole('option', { name: /名單/ }));
    expect(field.value).toBe('ad_cost / leads');
    const words = (await findByText('讀作')).closest('p');
    await vi.waitFor(() => expect(words?.textContent).toBe('讀作廣告花費TWD÷名單筆名單＝ TWD／筆名單'));
    await vi.waitFor(() => expect(drafts(asked).at(-1)?.formula).toBe('ad_cost / leads'));
  });

  it('has each fault of the server under its place', async () => {
    const whole = 'ad_cost + nothing * 2';
    const faults = [{ path: 'formula', line: 1, column: 11, message: 'there is no metric “nothing”' }, { path: 'formula', line: 1, column: 1, message: 'made of itself' }, { path: 'unit', message: 'no unit' }];
    // Half of a formula has none: those of an earlier draft go once the next is asked about, which may be while one looks.
    serve(measuredBy(({ body }: Asked) => ((body as { metric?: Metric }).metric?.formula === whole ? refusal(faults) : answer([3, 4]))));
    const { user, findByLabelText, findByText } = await open('/metric/cost?edit=1', 'en');
    await user.type(await findByLabelText('Formula'), whole);
    const fault = (await findByText('there is no metric “nothing”')).closest('li');
    expect(fault?.querySelector('mark')?.textContent).toBe('nothing');
    expect(fault?.querySelector('button')?.textContent).toBe('ad_cost + nothing * 2');
    expect((await findByText('made of itself')).closest('li')?.querySelector('mark')?.textContent).toBe('ad_cost');
    expect((await findByText('no unit')).closest('[data-faulty="true"]')?.querySelector('input')).toBe(await findByLabelText('Unit'));
    await findByText('3 things to correct, then there is a new number.');
  });
});

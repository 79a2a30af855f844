import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Customer, Role } from '../api/types';
import { open } from '../test/open';
import { problem, serve, session } from '../test/server';

const customer: Customer = {
  id: 'u-1',
  of: 'person',
  anonymous: false,
  name: 'Lin Yijun',
  traits: [],
  ids: [
    { id: 'u-1', anonymous: false, links: [] },
    { id: 'anon-7', anonymous: true, links: [] },
  ],
  account: null,
  people: [],
  peopleTotal: 0,
  activity: { events: 3, first: '2026-01-01T00:00:00Z', last: '2026-03-01T00:00:00Z' },
  timeline: { items: [], next: null },
};

const routes = {
  'GET /customers/u-1': customer,
  'GET /customers/u-1/timeline': { items: [], next: null },
  'GET /customers': { items: [] },
};

const signedIn = (role: Role) => ({ 'GET /session': { ...session, member: { ...session.member, role } } });

async function dialogOf(address: string) {
  const screen = await open(address, 'en');
  await screen.user.click(await screen.findByRole('button', { name: 'Forget this customer' }));
  const dialog = within(await screen.findByRole('dialog'));
  return {
    ...screen,
    dialog,
    id: dialog.getByLabelText<HTMLInputElement>(/Type the id/),
    reason: dialog.getByLabelText<HTMLTextAreaElement>('Reason'),
    button: dialog.getByRole<HTMLButtonElement>('button', { name: 'Forget for good' }),
  };
}

describe('to forget a customer', () => {
  it('is offered to admins, for people', async () => {
    serve({ ...routes, ...signedIn('editor') });
    const editor = await open('/customers/u-1', 'en');
    await editor.findByRole('button', { name: 'Merge with another' });
    expect(editor.queryByRole('button', { name: 'Forget this customer' })).toBeNull();
    editor.unmount();

    serve({ ...routes, 'GET /customers/acme': { ...customer, id: 'acme', of: 'account', name: 'Acme' }, 'GET /customers/acme/timeline': { items: [], next: null } });
    const account = await open('/customers/acme?of=account', 'en');
    await account.findByRole('heading', { name: 'Acme' });
    expect(account.queryByRole('button', { name: 'Forget this customer' })).toBeNull();
  });

  it('takes a reason and the id, whichever comes first', async () => {
    serve(routes);
    const { user, dialog, id, reason, button } = await dialogOf('/customers/u-1');
    expect(document.activeElement).toBe(reason);
    dialog.getByText(/2 ids/);
    await user.type(id, 'u-1');
    expect(button.disabled).toBe(true);
    await user.type(reason, '   ');
    expect(button.disabled).toBe(true);
    await user.type(reason, 'asked us to');
    expect(button.disabled).toBe(false);
    await user.type(id, '2');
    expect(button.disabled).toBe(true);
  });

  it('waits, says how much went, and asks for them no more', async () => {
    let answer: (gone: unknown) => void = () => undefined;
    const asked = serve({ ...routes, 'POST /customers/u-1/forget': () => new Promise((resolve) => (answer = resolve)) });
    const { user, router, dialog, id, reason, findByText, findByRole, queryByText } = await dialogOf('/customers/u-1?anonymous=true');
    await user.type(id, 'u-1');
    await user.type(reason, 'ticket 4711{Control>}{Enter}{Enter}{/Control}');
    await dialog.findByText(/Taking everything/);
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Cancel' }).disabled).toBe(true);
    await user.keyboard('{Escape}');
    dialog.getByText(/Taking everything/);

    answer({ messages: 1234, ids: 2, quarantined: 0 });
    await findByText('1,234 messages');
    await findByText('2 ids');
    await findByText('0 entries of the quarantine');
    expect(queryByText('Lin Yijun')).toBeNull();
    expect(document.title).not.toContain('Lin');
    const posts = asked.filter((one) => one.method === 'POST');
    expect(posts.map((one) => [one.path, one.body, one.query.get('anonymous')])).toEqual([['/customers/u-1/forget', { reason: 'ticket 4711' }, 'true']]);
    expect(asked.slice(asked.indexOf(posts[0]!) + 1).filter((one) => one.path.startsWith('/customers/u-1'))).toEqual([]);

    const back = await findByText('Back to customers');
    expect(document.activeElement).toBe(back);
    await user.keyboard('{Enter}');
    await findByRole('searchbox');
    expect(router.state.location.pathname).toBe('/customers');
  });

  it('keeps what was written when it fails, and can be tried again', async () => {
    let fails = true;
    serve({ ...routes, 'POST /customers/u-1/forget': () => (fails ? problem(503, 'test.away', 'A store is away') : { messages: 3, ids: 2, quarantined: 1 }) });
    const { user, dialog, id, reason, button, findByText } = await dialogOf('/customers/u-1');
    await user.type(reason, 'asked us to');
    await user.type(id, 'u-1');
    await user.click(button);
    await dialog.findByText('A store is away');
    expect([reason.value, id.value, button.disabled]).toEqual(['asked us to', 'u-1', false]);
    fails = false;
    await user.click(button);
    await findByText('1 entry of the quarantine');
  });
});

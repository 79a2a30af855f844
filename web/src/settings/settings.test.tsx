import { beforeEach, describe, expect, it } from 'vitest';
import type { KeptFacts, Key } from '../api/types';
import { open } from '../test/open';
import { serve, session, type Asked } from '../test/server';
import { snippets } from './snippets';

const key: Key = { id: 'k1', name: 'Website', kind: 'write', scopes: ['capture'], prefix: 'bw_3f', createdAt: '2026-01-01T00:00:00Z', createdBy: 'Lin' };

describe('keys', () => {
  it('show a new secret once, and never in the list', async () => {
    let made = false;
    serve({
      'GET /keys': () => ({ items: made ? [key] : [] }),
      'POST /keys': () => {
        made = true;
        return { key, secret: 'bw_3f9a77c1' };
      },
    });
    const { user, findByRole, findByLabelText, findByText, queryByText } = await open('/settings/keys', 'en');
    await user.click(await findByRole('button', { name: 'Make a key' }));
    await user.type(await findByLabelText('Name'), 'Website');
    await user.click(await findByRole('button', { name: 'Make the key' }));
    await findByText('bw_3f9a77c1');
    await user.click((await findByText('Close')).closest('button') as HTMLButtonElement);
    await findByText('bw_3f…');
    expect(queryByText('bw_3f9a77c1')).toBeNull();
  });

  it('are revoked only after a question', async () => {
    const asked = serve({ 'GET /keys': { items: [key] }, 'DELETE /keys/k1': { ...key, revokedAt: '2026-11-23T00:00:00Z' } });
    const { user, findByRole } = await open('/settings/keys', 'en');
    await user.click(await findByRole('button', { name: 'Revoke the key Website' }));
    expect(asked.some((one) => one.method === 'DELETE')).toBe(false);
    await user.click(await findByRole('button', { name: 'Revoke' }));
    await expect.poll(() => asked.some((one) => one.method === 'DELETE' && one.path === '/keys/k1')).toBe(true);
  });
});

describe('a dialog', () => {
  it('gives the focus back to the button that opened it', async () => {
    serve({ 'GET /keys': { items: [key] } });
    const { user, findByRole, findByLabelText, queryByRole } = await open('/settings/keys', 'en');
    const opener = await findByRole('button', { name: 'Make a key' });
    await user.click(opener);
    await user.click(await findByLabelText('Name'));
    await user.keyboard('{Escape}');
    await expect.poll(() => queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(opener);
  });
});

describe('the audit', () => {
  it('says the particulars of an entry in words, and those it does not know by their own name', async () => {
    const at = '2026-11-23T00:00:00Z';
    const items = [
      { at, member: 'Lin', action: 'member.changed', subject: 'chen@tea.example', detail: { role: 'editor', was: 'viewer', disabled: false } },
      { at, member: 'Lin', action: 'key.created', subject: 'Website', detail: { kind: 'write', scopes: ['capture', 'import'], weather: 'fine' } },
    ];
    serve({ 'GET /audit': { items } });
    const { findAllByRole, container } = await open('/settings/audit', 'en');
    await findAllByRole('term');
    expect([...container.querySelectorAll('dl div')].map((part) => [...part.children].map((one) => one.textContent).join(': '))).toEqual([
      'role: Editor',
      'was: Viewer',
      'disabled: no',
      'kind: write key',
      'may: capture · import history',
      'weather: fine',
    ]);
  });
});

describe('how long facts are kept', () => {
  const forever = { keep: 'forever', from: null, gone: 0 };
  const after = { keep: '25mo', from: '2024-10-23T16:00:00Z', gone: 1234 };
  let kept: KeptFacts = forever;
  const routes = {
    'GET /workspace': session.workspace,
    'GET /facts/kept': ({ query }: Asked) => {
      const keep = query.get('keep');
      return keep ? { ...kept, next: { keep, from: '2024-10-23T16:00:00Z', events: keep === '25mo' ? 1234 : 0 } } : kept;
    },
    'PUT /facts/kept': () => (kept = after),
  };
  beforeEach(() => {
    kept = forever;
  });

  it('says what would go, and asks again before it goes', async () => {
    const asked = serve(routes);
    const { user, findByRole, findByText, findByLabelText } = await open('/settings/workspace', 'en');
    await findByText('No event has gone because of its age.');
    await user.click(await findByLabelText('Keep facts for', { selector: 'input[role=combobox]' }));
    await user.click(await findByText('months'));
    await findByText(/1,234 older events would be deleted for good/);
    expect(((await findByLabelText('Keep facts for', { selector: 'input[role=spinbutton]' })) as HTMLInputElement).value).toBe('25');
    const save = (await findByText(/1,234 older events/)).closest('section')?.querySelector('button.ant-btn-dangerous') as HTMLButtonElement;
    await user.click(save);
    expect(asked.some((one) => one.method === 'PUT')).toBe(false);
    await user.click(await findByRole('button', { name: 'Delete 1,234 events' }));
    await expect.poll(() => asked.find((one) => one.method === 'PUT')?.body).toEqual({ keep: '25mo', confirm: true });
    await findByText(/1,234 older events have gone/);
  });

  it('is saved at once where nothing goes', async () => {
    const asked = serve(routes);
    const { user, findByLabelText, findByText } = await open('/settings/workspace', 'en');
    await user.click(await findByLabelText('Keep facts for', { selector: 'input[role=combobox]' }));
    await user.click(await findByText('days'));
    const said = await findByText(/No event is older/);
    await user.click(said.closest('section')?.querySelector('button.ant-btn-primary') as HTMLButtonElement);
    await expect.poll(() => asked.find((one) => one.method === 'PUT')?.body).toEqual({ keep: '400d', confirm: true });
  });

  it('is for admins to change', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'editor' } } });
    const { findByLabelText } = await open('/settings/workspace', 'en');
    expect(((await findByLabelText('Keep facts for', { selector: 'input[role=combobox]' })) as HTMLInputElement).disabled).toBe(true);
  });
});

describe('settings', () => {
  it('cannot be changed by one who is no admin', async () => {
    serve({ 'GET /session': { ...session, member: { ...session.member, role: 'editor' } }, 'GET /workspace': session.workspace });
    const { findByLabelText, findByText } = await open('/settings/workspace', 'en');
    expect(((await findByLabelText('Name')) as HTMLInputElement).disabled).toBe(true);
    await findByText('Only an admin can change this.');
  });

  it('say so when a section does not exist', async () => {
    serve({});
    const { findByRole } = await open('/settings/weather', 'en');
    await findByRole('heading', { name: 'There is no screen at this address' });
  });
});

describe('the examples of how to send', () => {
  it('all name this server and this key', () => {
    for (const snippet of snippets('https://tea.example:8443', 'bw_secret')) {
      expect(snippet.code, snippet.name).toContain('tea.example:8443');
      expect(snippet.code, snippet.name).toContain('bw_secret');
    }
  });
});

import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Customer, IdentityLink } from '../api/types';
import { open } from '../test/open';
import { serve } from '../test/server';

const link: IdentityLink = { messageId: 'm9', how: 'identify', from: 'anon-7', to: 'u-1', at: '2026-01-01T00:00:00Z', source: 'Website', undone: false };

const customer: Customer = {
  id: 'u-1',
  of: 'person',
  anonymous: false,
  name: 'Lin Yijun',
  traits: [{ key: 'plan', value: 'pro', at: '2026-02-01T00:00:00Z', messageId: 'm1', source: 'CRM' }],
  ids: [{ id: 'anon-7', anonymous: true, links: [link] }],
  account: { id: 'acme', name: 'Acme' },
  people: [],
  peopleTotal: 0,
  activity: { events: 3, first: '2026-01-01T00:00:00Z', last: '2026-03-01T00:00:00Z' },
  timeline: { items: [], next: null },
};

const preview = { before: [{ id: 'u-1', ids: 2, events: 3, account: null }], after: [{ id: 'u-1', ids: 1, events: 1, account: null }, { id: 'anon-7', ids: 1, events: 2, account: null }] };

const routes = {
  'GET /customers/u-1': customer,
  'GET /customers/u-1/timeline': { items: [], next: null },
};

describe('the search for customers', () => {
  it('asks for what the address says, and shows ids where there is no name', async () => {
    const asked = serve({ 'GET /customers': { items: [{ id: 'acme-9', of: 'account', name: null, events: 12, last: '2026-03-01T00:00:00Z' }] } });
    const { findByRole } = await open('/customers?of=account&q=acme', 'en');
    const found = await findByRole('link', { name: 'acme-9' });
    expect(found.getAttribute('href')).toBe('/customers/acme-9?of=account');
    expect(Object.fromEntries(asked.find((one) => one.path === '/customers')?.query ?? [])).toMatchObject({ of: 'account', search: 'acme' });
  });
});

describe('a person’s page', () => {
  it('says where each trait and each link came from', async () => {
    serve(routes);
    const { findByText } = await open('/customers/u-1?of=person', 'en');
    expect((await findByText('pro')).parentElement?.textContent).toContain('CRM');
    expect((await findByText(/anon-7 is known as u-1 \(identify\)/)).textContent).toContain('Website');
  });

  it('takes a link back after showing who would stand apart', async () => {
    const asked = serve({ ...routes, 'POST /identity/unlink': preview });
    const { user, findByRole, findByLabelText } = await open('/customers/u-1?of=person', 'en');
    await user.click(await findByRole('button', { name: /Take back/ }));
    const dialog = within(await findByRole('dialog'));
    await dialog.findByText('anon-7');
    await user.type(await findByLabelText('Reason'), 'a shared tablet');
    await user.click(dialog.getByRole('button', { name: 'Take the link back' }));
    await expect.poll(() => asked.filter((one) => one.path === '/identity/unlink').map((one) => one.body)).toEqual([
      { messageId: 'm9', preview: true, reason: '' },
      { messageId: 'm9', reason: 'a shared tablet' },
    ]);
  });

  it('opened from a number names the events that were counted, in the journey’s words', async () => {
    const asked = serve({
      ...routes,
      'POST /measure/trace': { level: 1, excluded: false, events: [{ seq: 5, at: '2026-02-01T00:00:00Z', event: 'Deal Won', stage: 'signed', step: 'won' }] },
      'GET /definitions/Journey/office': { body: { kind: 'Journey', id: 'office', name: { en: 'Offices' }, stages: [{ id: 'signed', name: { en: 'Signed' }, steps: [{ id: 'won', name: { en: 'Won it' } }] }] } },
    });
    const { findByText, findByRole } = await open('/customers/u-1?of=person&journey=office&version=7&from=2026-01-01', 'en');
    await findByText('Signed · Won it');
    await findByRole('link', { name: 'Offices' });
    expect(asked.find((one) => one.path === '/measure/trace')?.body).toEqual({ journeyId: 'office', version: 7, from: '2026-01-01', customer: 'u-1' });
  });
});

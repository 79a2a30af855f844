import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { JourneySummary } from '../api/types';
import { open } from '../test/open';
import { serve, session } from '../test/server';
import { leastCompleted } from './JourneysPage';
import { firstDraft, freeId, slugOf } from './NewJourney';

function summary(id: string, completed: number | null): JourneySummary {
  return {
    id,
    name: { 'zh-Hant': `旅程${id}`, en: `Journey ${id}` },
    subject: 'person',
    version: 2,
    status: 'approved',
    author: '林怡君',
    at: '2026-11-20T00:00:00Z',
    stages: 3,
    steps: 5,
    unboundSteps: completed === null ? 5 : 0,
    badges: { measurable: 'holds', traceable: 'holds', predictable: 'unknown', inheritable: 'fails' },
    headline:
      completed === null
        ? null
        : { entered: 1000, completed, rate: { rate: completed / 1000, low: 0, high: 1, n: 1000 }, asOf: '2026-11-23T00:00:00Z' },
  };
}

describe('the list of journeys', () => {
  it('opens with the journey that the fewest complete', async () => {
    serve({ 'GET /journeys': { items: [summary('a', 500), summary('b', 120), summary('c', null)] } });
    const { findByText } = await open('/journeys', 'en');
    const sentence = await findByText(/The fewest complete/);
    expect(sentence.textContent).toContain('Journey b');
    expect(sentence.textContent).toContain('120 (12.0%)');
    expect(leastCompleted([summary('c', null)])).toBeUndefined();
  });

  it('says unknown where nothing is bound, never zero', async () => {
    serve({ 'GET /journeys': { items: [summary('c', null)] } });
    const { findByRole } = await open('/journeys', 'en');
    const row = within((await findByRole('heading', { name: /Journey c/ })).closest('li') as HTMLElement);
    expect(row.getAllByText('unknown').length).toBeGreaterThanOrEqual(3);
    expect(row.queryByText('0')).toBeNull();
  });

  it('says what to do first when there is none', async () => {
    serve({ 'GET /journeys': { items: [] } });
    const { findByRole } = await open('/journeys');
    await findByRole('heading', { name: '還沒有旅程' });
    await findByRole('button', { name: /畫一張旅程/ });
  });

  it('says what failed and tries again', async () => {
    let up = false;
    serve({ 'GET /journeys': () => (up ? { items: [summary('a', 1)] } : new Response('', { status: 500 })) });
    const { user, findByRole } = await open('/journeys', 'en');
    const again = await findByRole('button', { name: 'Try again' });
    up = true;
    await user.click(again);
    await findByRole('heading', { name: /Journey a/ });
  });

  it('changes its language by one click, for the page, the texts and the member', async () => {
    const asked = serve({ 'GET /journeys': { items: [summary('a', 1)] }, 'PATCH /members/me': session.member });
    const { user, findByRole } = await open('/journeys');
    await findByRole('heading', { name: '旅程' });
    await user.click(await findByRole('button', { name: 'EN English' }));
    await findByRole('heading', { name: 'Journeys' });
    expect(document.documentElement.lang).toBe('en');
    expect(asked.find((one) => one.method === 'PATCH')?.body).toEqual({ locale: 'en' });
  });

  it('does not offer a viewer what the server would refuse', async () => {
    serve({ 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } }, 'GET /journeys': { items: [summary('a', 1)] } });
    const { findByRole, queryByRole } = await open('/journeys');
    await findByRole('heading', { name: '旅程' });
    expect(queryByRole('button', { name: /畫一張旅程/ })).toBeNull();
  });
});

describe('a new journey', () => {
  it('has an id from its Latin letters, or a free one', () => {
    expect(slugOf('Seller Growth — été 2026!')).toBe('seller-growth-ete-2026');
    expect(slugOf('辦公室')).toBe('journey');
    expect(freeId('journey', ['journey', 'journey-2'])).toBe('journey-3');
  });

  it('begins with one step that is not bound', () => {
    const draft = firstDraft({ name: ' A ', id: 'a', subject: 'key', key: 'properties.session', window: '7d' }, { stage: 'S', step: 's' });
    expect(draft).toMatchObject({ kind: 'Journey', id: 'a', name: 'A', subject: 'properties.session', window: '7d' });
    expect(draft.stages[0]?.steps[0]?.when).toBeUndefined();
  });

  it('is written as version zero’s successor, with a reason', async () => {
    const asked = serve({ 'GET /journeys': { items: [] }, 'PUT /definitions/Journey/office-growth': { id: 'office-growth', version: 1 } });
    const { user, findByRole, findByLabelText } = await open('/journeys', 'en');
    await user.click(await findByRole('button', { name: /Draw a journey/ }));
    await user.type(await findByLabelText('Name'), 'Office growth');
    expect(((await findByLabelText('Id')) as HTMLInputElement).value).toBe('office-growth');
    await user.click(await findByRole('button', { name: 'Create and draw' }));
    await expect.poll(() => asked.find((one) => one.method === 'PUT')).toBeDefined();
    const put = asked.find((one) => one.method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"0"');
    expect(put?.body).toMatchObject({ reason: 'Add the journey “Office growth”', body: { kind: 'Journey', id: 'office-growth', window: '14d' } });
  });
});

import { fireEvent } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { QuarantinePage } from '../api/types';
import { open } from '../test/open';
import { serve } from '../test/server';
import { faultOf } from './EntryDrawer';
import { nameOf } from './EntryRow';

const page: QuarantinePage = {
  total: 1,
  reasons: [
    { reason: 'no-id', title: 'Nobody is named', count: 912 },
    { reason: 'bad-time', title: 'The time is no time', count: 88 },
  ],
  items: [
    {
      id: 'q1',
      receivedAt: '2026-11-23T00:00:00Z',
      source: 'Website',
      reason: 'bad-time',
      title: 'The time is no time',
      detail: '“yesterday” is not ISO 8601.',
      type: 'track',
      raw: { type: 'track', event: 'Order Paid', timestamp: 'yesterday', userId: 'u-1' },
      status: 'open',
    },
  ],
};

describe('the quarantine', () => {
  it('opens with how many wait and what most of them suffer from', async () => {
    serve({ 'GET /quarantine': page });
    const { findByText } = await open('/quarantine', 'en');
    expect((await findByText(/could not be taken, most/)).textContent).toMatch(/1,000 events.*Nobody is named.*912, 91%/);
  });

  it('replays all events of a reason', async () => {
    const asked = serve({ 'GET /quarantine': page, 'POST /quarantine/replay': { stored: 912, duplicate: 0, quarantined: 0 } });
    const { user, findByRole, findByText } = await open('/quarantine?reason=no-id', 'en');
    await user.click(await findByRole('button', { name: 'Replay all 912 of this reason' }));
    await findByText('Replayed: 912 stored, 0 duplicate, 0 still quarantined');
    expect(asked.find((one) => one.method === 'POST')?.body).toEqual({ reason: 'no-id' });
  });

  it('replays an event as it was mended, once it is JSON again', async () => {
    const asked = serve({ 'GET /quarantine': page, 'POST /quarantine/replay': { stored: 1, duplicate: 0, quarantined: 0 } });
    const { user, findByRole, findByLabelText } = await open('/quarantine', 'en');
    await user.click(await findByRole('button', { name: 'Order Paid' }));
    await user.click(await findByRole('button', { name: 'Mend and replay' }));
    const editor = await findByLabelText('The event as JSON');
    fireEvent.change(editor, { target: { value: '{"event": "Order Paid",' } });
    const send = (await findByRole('button', { name: 'Replay the mended event' })) as HTMLButtonElement;
    expect(send.disabled).toBe(true);
    const mended = { type: 'track', event: 'Order Paid', timestamp: '2026-11-22T00:00:00Z', userId: 'u-1' };
    fireEvent.change(editor, { target: { value: JSON.stringify(mended) } });
    await user.click(send);
    await expect.poll(() => asked.find((one) => one.method === 'POST')?.body).toEqual({ id: 'q1', message: mended });
  });

  it('takes only an object for an event', () => {
    expect(faultOf('{"a": 1}')).toBeNull();
    for (const text of ['', '[1]', 'null', '"text"', '{"a":']) expect(faultOf(text)).not.toBeNull();
  });

  it('names an event by what it holds, if it holds a name', () => {
    expect(nameOf({ event: 'Order Paid' })).toBe('Order Paid');
    expect(nameOf({ name: 'Home' })).toBe('Home');
    expect(nameOf('not even an object')).toBeNull();
  });
});

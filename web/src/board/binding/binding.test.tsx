import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import { person } from '../../test/user';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventName } from '../../api/types';
import { createQueryClient } from '../../app/queries';
import { startI18n } from '../../i18n';
import { EventPicker } from './EventPicker';

// A server of this test: the events seen, the most frequent first.
let seen: EventName[];
let answer: () => void; // lets the question about them be answered

const event = (name: string, count: number): EventName => ({ type: 'track', name, count, first: '2018-01-01T00:00:00Z', last: '2018-11-01T00:00:00Z', weekly: [1, 2, 3] });

beforeEach(async () => {
  await startI18n('zh-Hant');
  const answered = new Promise<void>((done) => (answer = done));
  vi.stubGlobal('fetch', async () => {
    await answered;
    return new Response(JSON.stringify({ items: seen }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function openPicker() {
  const client = createQueryClient();
  const chosen: (string | null)[] = [];
  render(
    <QueryClientProvider client={client}>
      <EventPicker value={undefined} onChange={(name) => chosen.push(name)} />
    </QueryClientProvider>,
  );
  return { user: person(), chosen, news: () => act(() => client.invalidateQueries({ queryKey: ['events'] })) };
}

const rows = () => screen.queryAllByRole('option').map((row) => row.querySelector('code')?.textContent);

describe('the list of events', () => {
  it('offers nothing before it knows what was seen: a row would move when it does', async () => {
    seen = [event('Tea Seen', 9)];
    openPicker();
    expect(rows()).toEqual([]);
    answer();
    await waitFor(() => expect(rows()).toEqual(['Tea Seen', '任何事件']));
  });

  it('keeps every row in its place while events come in, and takes the one that is marked', async () => {
    seen = [event('Tea Seen', 9), event('Tea Bought', 8)];
    answer();
    const { user, chosen, news } = openPicker();
    await screen.findByRole('option', { name: /Tea Bought/ });
    await user.keyboard('{ArrowDown}');
    seen = [event('Tea Tasted', 12), event('Tea Bought', 11), event('Tea Seen', 10)];
    await news();
    await waitFor(() => expect(screen.getByRole('option', { name: /Tea Bought/ }).textContent).toContain('11'));
    expect(rows()).toEqual(['Tea Seen', 'Tea Bought', '任何事件', 'Tea Tasted']);
    await user.keyboard('{Enter}');
    expect(chosen).toEqual(['Tea Bought']);
  });
});

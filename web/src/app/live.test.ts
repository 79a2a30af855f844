import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRefresher } from './live';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function listening() {
  const client = new QueryClient();
  const stale = vi.spyOn(client, 'invalidateQueries');
  const areas = () => stale.mock.calls.map(([filter]) => filter?.queryKey?.[0]);
  return { refresher: createRefresher(client, 1000), stale, areas };
}

describe('news from the server', () => {
  it('of new facts makes every number stale, but not the definitions', () => {
    const { refresher, areas } = listening();
    refresher.hear({ type: 'facts', through: 1, at: '' });
    vi.advanceTimersByTime(1000);
    expect(areas()).toContain('measure');
    expect(areas()).not.toContain('definitions');
  });

  it('of a thousand facts in a second is one refresh', () => {
    const { refresher, areas } = listening();
    for (let through = 0; through < 1000; through++) refresher.hear({ type: 'facts', through, at: '' });
    vi.advanceTimersByTime(1000);
    expect(areas().filter((area) => area === 'measure')).toHaveLength(1);
  });

  it('that may have been missed makes everything stale, also who is signed in', () => {
    const { refresher, areas } = listening();
    refresher.hear({ type: 'anything' });
    vi.advanceTimersByTime(1000);
    for (const area of ['definitions', 'measure', 'customers', 'session', 'members', 'keys']) expect(areas()).toContain(area);
  });

  it('of a kind this screen does not know yet is passed over', () => {
    const { refresher, stale } = listening();
    refresher.hear({ type: 'weather' } as never);
    vi.advanceTimersByTime(2000);
    expect(stale).not.toHaveBeenCalled();
  });

  it('after the screen is left is not heard', () => {
    const { refresher, stale } = listening();
    refresher.hear({ type: 'identity' });
    refresher.stop();
    vi.advanceTimersByTime(2000);
    expect(stale).not.toHaveBeenCalled();
  });
});

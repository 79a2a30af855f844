import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent } from '../api/types';
import { createMoveNotice, createRefresher, listen } from './live';

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

describe('a move of the stores', () => {
  function noticed() {
    const said: boolean[] = [];
    return { said, notice: createMoveNotice((moving) => void said.push(moving), 4000) };
  }

  it('is told until a stream is there again, and for long enough to be read', () => {
    const { said, notice } = noticed();
    notice.hear({ type: 'moving' });
    vi.advanceTimersByTime(700);
    notice.hear({ type: 'anything' });
    vi.advanceTimersByTime(3299);
    expect(said).toEqual([true]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual([true, false]);
  });

  it('that takes long is told as long, also when it came to nothing', () => {
    const { said, notice } = noticed();
    notice.hear({ type: 'moving' });
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([true]);
    notice.hear({ type: 'moved' });
    vi.advanceTimersByTime(0);
    expect(said).toEqual([true, false]);
  });

  it('that begins again right away is told on', () => {
    const { said, notice } = noticed();
    notice.hear({ type: 'moving' });
    notice.hear({ type: 'moved' });
    notice.hear({ type: 'moving' });
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([true, true]);
  });

  it('is not made up of other news', () => {
    const { said, notice } = noticed();
    notice.hear({ type: 'anything' });
    notice.hear({ type: 'facts', through: 1, at: '' });
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([]);
  });
});

/** Stream is an EventSource of which the test plays the server. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }
  tell(event: LiveEvent) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event) }));
  }
  refuse() {
    this.readyState = Stream.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
}

function stream(n: number): Stream {
  const found = Stream.all[n];
  if (!found) throw new Error(`there are only ${Stream.all.length} streams`);
  return found;
}

describe('a stream of news', () => {
  beforeEach(() => {
    Stream.all = [];
    vi.stubGlobal('EventSource', Stream);
  });
  afterEach(() => void vi.unstubAllGlobals());

  function heard() {
    const events: string[] = [];
    const stop = listen((event) => void events.push(event.type));
    return { events, stop };
  }

  it('that was refused is asked for again, and what was missed is looked at', () => {
    const { events } = heard();
    stream(0).dispatchEvent(new Event('open'));
    stream(0).tell({ type: 'identity' });
    stream(0).refuse();
    vi.advanceTimersByTime(5000);
    expect(Stream.all).toHaveLength(2);
    stream(1).dispatchEvent(new Event('open'));
    stream(1).tell({ type: 'access' });
    expect(events).toEqual(['identity', 'anything', 'access']);
  });

  it('that broke off comes back by itself', () => {
    const { events } = heard();
    stream(0).dispatchEvent(new Event('open'));
    stream(0).readyState = 0;
    stream(0).dispatchEvent(new Event('error'));
    stream(0).dispatchEvent(new Event('open'));
    vi.advanceTimersByTime(20_000);
    expect(Stream.all).toHaveLength(1);
    expect(events).toEqual(['anything']);
  });

  it('is not asked for again after the screen is left', () => {
    const { stop } = heard();
    stream(0).refuse();
    stop();
    vi.advanceTimersByTime(20_000);
    expect(Stream.all).toHaveLength(1);
  });
});

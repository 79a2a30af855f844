import { QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createQueryClient } from '../app/queries';
import type { Answer, MeasureRequest } from '../api/types';
import { answerOf, stageOf } from './model/sample';
import { useMeasure, useSettled } from './useMeasure';

interface Call {
  asked: MeasureRequest;
  signal: AbortSignal;
  answer: (people: number) => void;
  refuse: () => void;
}
let calls: Call[];

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    const signal = init.signal as AbortSignal;
    return new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      const end = (body: unknown, status: number) => resolve(new Response(JSON.stringify(body), { status }));
      calls.push({
        asked: JSON.parse(init.body as string) as MeasureRequest,
        signal,
        answer: (people) => end(answerOf([stageOf('lead', people, null)]), 200),
        refuse: () => end({ title: '不行', status: 422, kind: 'invalid', key: 'x' }, 422),
      });
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const about = (id: string): MeasureRequest => ({ journeyId: id });
const reached = (answer: Answer | undefined) => answer?.stages[0]?.reached;

/** The request of that place, once it is sent. */
async function call(place: number): Promise<Call> {
  await waitFor(() => expect(calls.length).toBeGreaterThan(place));
  return calls[place] as Call;
}

interface Asks {
  asked: MeasureRequest | null;
  earlier?: MeasureRequest;
}

function measure(question: MeasureRequest | null) {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(({ asked, earlier }: Asks) => useMeasure(asked, earlier), { wrapper, initialProps: { asked: question } as Asks });
}

/** The numbers of a first question, and the hook that has them. */
async function known() {
  const hook = measure(about('a'));
  (await call(0)).answer(1);
  await waitFor(() => expect(reached(hook.result.current.answer)).toBe(1));
  return hook;
}

describe('the numbers of a question', () => {
  it('ask the newest at once and abort the one it overtook; the numbers before stay until then', async () => {
    const { result, rerender } = await known();
    rerender({ asked: about('b') });
    expect((await call(1)).asked).toEqual(about('b'));
    rerender({ asked: about('c') });
    expect((await call(2)).asked).toEqual(about('c'));
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
    expect(reached(result.current.answer)).toBe(1);
    expect(result.current.question).toEqual(about('a'));
    calls[2]?.answer(3);
    await waitFor(() => expect(reached(result.current.answer)).toBe(3));
    expect(result.current.question).toEqual(about('c'));
  });

  it('are there without asking where they were known', async () => {
    const { result, rerender } = await known();
    rerender({ asked: about('b') });
    await call(1);
    rerender({ asked: about('a') });
    expect(reached(result.current.answer)).toBe(1);
    expect(calls).toHaveLength(2);
    expect(calls[1]?.signal.aborted).toBe(true);
  });

  it('stay the last ones known where the newest question cannot be answered', async () => {
    const { result, rerender } = await known();
    rerender({ asked: about('b') });
    (await call(1)).refuse();
    await waitFor(() => expect(result.current.error?.message).toBe('不行'));
    expect(reached(result.current.answer)).toBe(1);
    expect(result.current.late).toBe(true);
    rerender({ asked: null });
    expect(result.current.answer).toBeUndefined();
  });

  it('come together with those of the period before, so that no change is of two drawings', async () => {
    const { result, rerender } = await known();
    rerender({ asked: about('b'), earlier: about('b, before') });
    (await call(1)).answer(5);
    const before = await call(2);
    expect(reached(result.current.answer)).toBe(1);
    before.answer(4);
    await waitFor(() => expect(reached(result.current.answer)).toBe(5));
    expect(reached(result.current.before)).toBe(4);
  });
});

describe('a value that settles', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = (first: string) => renderHook(({ value }) => useSettled(value, (_, to) => to.startsWith('!'), 250), { initialProps: { value: first } });

  it('waits for a rest', () => {
    const { result, rerender } = settle('a');
    rerender({ value: 'b' });
    act(() => void vi.advanceTimersByTime(200));
    rerender({ value: 'c' });
    act(() => void vi.advanceTimersByTime(200));
    expect(result.current).toBe('a');
    act(() => void vi.advanceTimersByTime(60));
    expect(result.current).toBe('c');
  });

  it('does not wait with a change that need not, and what was waiting is gone', () => {
    const { result, rerender } = settle('a');
    rerender({ value: 'b' });
    rerender({ value: '!c' });
    expect(result.current).toBe('!c');
    act(() => void vi.advanceTimersByTime(1000));
    expect(result.current).toBe('!c');
  });
});

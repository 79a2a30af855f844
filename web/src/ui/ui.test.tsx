import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startI18n } from '../i18n';
import { Badges } from './Badges';
import { Change } from './Change';
import { Localized } from './Localized';
import { StatNumber } from './StatNumber';

beforeAll(() => startI18n('zh-Hant'));

function show(node: ReactNode) {
  const client = new QueryClient();
  const inside = (one: ReactNode) => <QueryClientProvider client={client}>{one}</QueryClientProvider>;
  const view = render(inside(node));
  return { ...view, again: (one: ReactNode) => view.rerender(inside(one)) };
}

function motion(reduced: boolean) {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: reduced && query.includes('reduce'), addEventListener() {}, removeEventListener() {} }));
}

describe('a live number', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance', 'setTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('counts to its new value in 200 ms, by whole numbers, and glows once', async () => {
    motion(false);
    const { container, again } = show(<StatNumber value={100} />);
    expect(container.querySelector('span')?.className).not.toContain('glow');
    again(<StatNumber value={200} />);
    await vi.advanceTimersByTimeAsync(100);
    const half = Number(container.textContent);
    expect(half).toBeGreaterThan(100);
    expect(half).toBeLessThan(200);
    expect(Number.isInteger(half)).toBe(true);
    await vi.advanceTimersByTimeAsync(150);
    expect(container.textContent).toBe('200');
    expect(container.querySelector('span')?.className).toContain('glow');
  });

  it('moves in the very frame in which the new value is known, and goes on from where it is', async () => {
    motion(false);
    const { container, again } = show(<StatNumber value={100} />);
    again(<StatNumber value={98} />);
    expect(container.textContent).toBe('99');
    again(<StatNumber value={200} />);
    const first = Number(container.textContent);
    expect(first).toBeGreaterThan(99);
    expect(first).toBeLessThan(120);
    await vi.advanceTimersByTimeAsync(250);
    expect(container.textContent).toBe('200');
  });

  it('is there at once for those who prefer less motion', async () => {
    motion(true);
    const { container, again } = show(<StatNumber value={100} />);
    again(<StatNumber value={200} />);
    expect(container.textContent).toBe('200');
  });

  it('has its full value for hover, and says unknown where nobody knows', () => {
    motion(true);
    const { container, again } = show(<StatNumber value={123_456} />);
    expect(container.querySelector('span')?.title).toBe('123,456');
    again(<StatNumber value={null} />);
    expect(container.textContent).toBe('未知');
  });
});

describe('a change', () => {
  const goodness = (node: ReactNode) => show(node).container.querySelector('span')?.dataset.goodness;

  it('has its direction from the sign and its goodness from what is good', () => {
    expect(goodness(<Change value={0.03} unit="points" />)).toBe('better');
    expect(goodness(<Change value={0.03} unit="points" good="down" />)).toBe('worse');
    expect(goodness(<Change value={-0.03} unit="points" good={null} />)).toBe('neutral');
    expect(goodness(<Change value={0} unit="points" />)).toBe('neutral');
  });
});

describe('the four promises', () => {
  it('each say their state in a word, not by colour alone', () => {
    const { container } = show(<Badges badges={{ measurable: 'holds', traceable: 'fails', predictable: 'unknown', inheritable: 'unknown' }} />);
    expect([...container.querySelectorAll('li')].map((item) => item.textContent)).toEqual([
      '✓ 可度量: 成立',
      '— 可追溯: 未成立',
      '? 可預測: 未知',
      '? 可傳承: 未知',
    ]);
  });
});

describe('a name people gave', () => {
  it('is in the reader’s language where they gave it, and says which it is in', () => {
    const { container, again } = show(<Localized text={{ 'zh-Hant': '簽約', en: 'Signed' }} fallback="signed" />);
    expect(container.textContent).toBe('簽約');
    again(<Localized text={{ en: 'Signed' }} fallback="signed" />);
    expect(container.querySelector('span')?.lang).toBe('en');
    again(<Localized text={undefined} fallback="signed" />);
    expect(container.textContent).toBe('signed');
  });
});

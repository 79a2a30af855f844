import { describe, expect, it } from 'vitest';
import { addsOf, asksOf, comesTo, turned } from './apportion';
import type { Target } from './definition';

const target = (parts: Target['parts'] = [], value = 1000): Target => ({ metric: 'profit', from: '2026-01-01', to: '2026-12-31', value, ...(parts && { parts }) });
const profit = { revenue: 1, cost: -1, tips: 0.5 }; // revenue - cost + tips / 2

describe('the parts of a target', () => {
  it('come to shares of it, values of objectives and its own metric, and terms with their signs', () => {
    expect(comesTo(target([{ objective: 'grow', share: 0.4 }, { metric: 'other', share: 0.1 }, { objective: 'keep', value: 200 }, { metric: 'profit', value: 50 }]), profit)).toBe(750);
    expect(comesTo(target([{ metric: 'revenue', value: 1500 }, { metric: 'cost', value: 600 }, { metric: 'tips', value: 100 }]), profit)).toBe(950);
    expect(comesTo(target([{ objective: 'a', share: 0.1 }, { objective: 'b', share: 0.2 }], 1), {})).toBe(0.3); // and no 0.30000000000000004
  });

  it('come to nothing that is known where one is not added, or none is asked', () => {
    expect(comesTo(target([{ objective: 'grow', share: 0.4 }, { metric: 'orders', value: 3 }]), profit)).toBeNull();
    expect(comesTo(target([{ metric: 'revenue', value: 3 }]), {})).toBeNull(); // of a product
    expect(comesTo(target(), profit)).toBeNull();
    expect(addsOf({ objective: 'grow' }, 'profit', 1000, profit)).toBeNull();
  });

  it('are said as a share or as a value, and come to the same', () => {
    expect(turned({ objective: 'grow', share: 0.4 }, 'value', target(), profit)).toEqual({ objective: 'grow', value: 400 });
    expect(turned({ objective: 'grow', value: 400 }, 'share', target(), profit)).toEqual({ objective: 'grow', share: 0.4 });
    expect(turned({ metric: 'tips', share: 0.1 }, 'value', target(), profit)).toEqual({ metric: 'tips', value: 200 });
    expect(turned({ metric: 'tips', value: 200 }, 'share', target(), profit)).toEqual({ metric: 'tips', share: 0.1 });
    expect(turned({ metric: 'orders', value: 3 }, 'share', target(), profit)).toBeUndefined();
    expect(turned({ objective: 'grow', value: 3 }, 'share', target([], 0), profit)).toBeUndefined();
  });

  it('ask at first for what is left, of a term by its sign, of a factor for what it is', () => {
    const divided = target([{ objective: 'grow', share: 0.4 }]);
    expect(asksOf({ objective: 'keep' }, target(), profit, null)).toEqual({ objective: 'keep', share: 1 });
    expect(asksOf({ objective: 'keep' }, divided, profit, null)).toEqual({ objective: 'keep', share: 0.6 });
    expect(asksOf({ metric: 'tips' }, divided, profit, 7)).toEqual({ metric: 'tips', value: 1200 });
    expect(asksOf({ metric: 'cost' }, divided, profit, 7)).toEqual({ metric: 'cost', value: 7 });
    expect(asksOf({ metric: 'orders' }, divided, {}, 12)).toEqual({ metric: 'orders', value: 12 });
    expect(asksOf({ objective: 'keep' }, target([{ objective: 'grow', share: 1.2 }]), profit, null)).toEqual({ objective: 'keep', share: 0 });
  });
});

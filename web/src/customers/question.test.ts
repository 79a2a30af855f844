import { describe, expect, it } from 'vitest';
import { customerSearch, ofSearch, traceOf } from './question';

describe('the question under which a customer’s page is opened', () => {
  it('comes back from the address as it went in', () => {
    const question = { journeyId: 'office-growth', version: 7, from: '2026-01-01', to: '2026-06-30', asOf: '2026-07-01T00:00:00Z', segment: { 'traits.plan': 'pro' } };
    expect(traceOf(customerSearch('account', question), 'acme')).toEqual({ ...question, customer: 'acme' });
  });

  it('keeps a draft that is not stored yet', () => {
    const journey = { kind: 'Journey' as const, id: 'draft', stages: [] };
    expect(traceOf(customerSearch('person', { journey }), 'u-1')).toEqual({ journey, customer: 'u-1' });
  });

  it('leaves out what only shapes the answer’s tables', () => {
    const search = customerSearch('person', { journeyId: 'a', breakdown: ['channel'], bins: 4, customers: true });
    expect(traceOf(search, 'u-1')).toEqual({ journeyId: 'a', customer: 'u-1' });
  });

  it('is none when the page was opened by itself', () => {
    expect(traceOf(customerSearch('person'), 'u-1')).toBeNull();
  });

  it('survives an address that was cut short', () => {
    expect(traceOf({ journey: 'a', ask: '{"segment":{"tra' }, 'u-1')).toEqual({ journeyId: 'a', customer: 'u-1' });
  });

  it('is about people unless it says accounts', () => {
    expect(ofSearch({})).toBe('person');
    expect(ofSearch({ of: 'account' })).toBe('account');
    expect(ofSearch({ of: 'nonsense' })).toBe('person');
  });
});

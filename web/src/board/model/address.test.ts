import { describe, expect, it } from 'vitest';
import { parseAddress, searchOf, type Address } from './address';
import { addDays, dayOf, lengthInDays, periodBefore, presetOf, presetPeriod } from './period';
import { toCsv } from './csv';
import { rowsOf, stepCode, typed, whereOf } from './where';

describe('the address of a board', () => {
  const full: Address = {
    view: 'table',
    from: '2018-01-01',
    to: '2018-03-31',
    asOf: '2018-11-14T15:59:59Z',
    segment: { 'traits.plan': { in: ['pro', 'team'] } },
    by: ['channel', 'traits.city'],
    attribution: 'step:signed',
    compare: false,
    window: '90d',
    at: { stage: 'signed', step: 'won' },
    edit: true,
  };

  it('keeps everything that is shown', () => expect(parseAddress(searchOf(full))).toEqual(full));

  it('of a board as usual is empty', () => {
    expect(searchOf({ view: 'board', compare: true, edit: false })).toEqual({});
    expect(parseAddress({})).toEqual({ view: 'board', compare: true, edit: false });
  });

  it('leaves out what it cannot understand', () => {
    const odd = { view: 'pie', from: '2018-02-31', to: '7', asOf: 'soon', segment: '{', by: ',', attribution: 'middle', window: '-3d' };
    expect(parseAddress(odd)).toEqual({ view: 'board', compare: true, edit: false });
  });

  it('selects a stage, or a step in it', () => {
    expect(parseAddress({ at: 'signed' }).at).toEqual({ stage: 'signed' });
    expect(parseAddress({ at: 'signed/won' }).at).toEqual({ stage: 'signed', step: 'won' });
  });
});

describe('periods', () => {
  it('the period before is as long and ends the day before', () => {
    expect(periodBefore({ from: '2018-03-01', to: '2018-03-31' }, '2018-11-14')).toEqual({ from: '2018-01-29', to: '2018-02-28' });
    expect(periodBefore({ from: '2018-11-01' }, '2018-11-14')).toEqual({ from: '2018-10-18', to: '2018-10-31' });
  });

  it('nothing lies before all of time, nor before a period that is upside down', () => {
    expect(periodBefore({}, '2018-11-14')).toBeNull();
    expect(periodBefore({ from: '2018-12-01' }, '2018-11-14')).toBeNull();
  });

  it('thirty days are thirty with both ends', () => {
    const period = presetPeriod('30d', '2024-03-01');
    expect(period).toEqual({ from: '2024-02-01', to: '2024-03-01' });
    expect(lengthInDays(period, '2024-03-01')).toBe(30);
    expect(presetOf(period, '2024-03-01')).toBe('30d');
  });

  it('a day is a day of the workspace', () => {
    expect(dayOf('2018-11-14T16:00:00Z', 'Asia/Taipei')).toBe('2018-11-15');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  });
});

describe('where rows', () => {
  it('go there and back', () => {
    const where = { 'properties.plan': { in: ['pro', 'team'] }, channel: 'email', value: { gte: 10, lt: 20 }, 'traits.vip': { exists: true } };
    expect(whereOf(rowsOf(where))).toEqual(where);
  });

  it('that are not filled in yet are left out', () => {
    expect(whereOf([{ key: 'channel', op: 'eq', values: [''] }, { key: '', op: 'eq', values: ['x'] }, { key: 'value', op: 'in', values: [] }])).toBeUndefined();
  });

  it('a number is a number only for a property of numbers', () => {
    expect([typed('12', 'number'), typed('12', 'string'), typed('true', 'boolean'), typed('x', 'number')]).toEqual([12, '12', true, 'x']);
  });

  it('a card says what its step counts', () => {
    expect(stepCode({ id: 'a', when: [{ event: 'Order Paid' }], times: 10, within: '30d' })).toBe('10 × Order Paid / 30d');
    expect(stepCode({ id: 'a', when: [{ event: 'Page Viewed', where: { 'properties.name': 'landing' } }, { event: null }], firstEver: 'name' })).toBe(
      'Page Viewed · name = landing | * · first',
    );
  });
});

describe('CSV', () => {
  it('quotes what must be quoted and starts no formula', () => {
    expect(toCsv([['a,b', 'say "hi"', -1.5, null], ['=SUM(A1)', '+1', '−2', 'x\ny']])).toBe(
      '\uFEFF"a,b","say ""hi""",-1.5,\r\n\'=SUM(A1),\'+1,−2,"x\ny"\r\n',
    );
  });
});

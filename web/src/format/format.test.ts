import { describe, expect, it } from 'vitest';
import { createFormat } from './format';

const hant = createFormat({ locale: 'zh-Hant', timezone: 'Asia/Taipei' });
const hans = createFormat({ locale: 'zh-Hans', timezone: 'Asia/Shanghai' });
const en = createFormat({ locale: 'en', timezone: 'America/New_York' });

/** Spaces of any width are one to the reader. */
const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');

describe('counts', () => {
  it('below ten thousand are written in full', () => {
    expect(hant.count(8412).text).toBe('8,412');
    expect(en.count(9999).text).toBe('9,999');
  });

  it.each([
    [124_000, '12.4 萬', '12.4 万', '124K'],
    [12_340_000, '1230 萬', '1230 万', '12.3M'],
    [320_000_000, '3.2 億', '3.2 亿', '320M'],
  ])('of %d go by 萬 and 億, 万 and 亿, K and M', (value, traditional, simplified, english) => {
    expect(plain(hant.count(value).text).replace(',', '')).toBe(traditional);
    expect(plain(hans.count(value).text).replace(',', '')).toBe(simplified);
    expect(en.count(value).text).toBe(english);
  });

  it('never say 兆, however large', () => {
    for (const value of [1e12, 4.5e12, 9e15, -3e13]) {
      expect(hant.count(value).text).not.toContain('兆');
      expect(hant.money(value, 'TWD').text).not.toContain('兆');
      expect(hans.count(value).text).not.toContain('兆');
    }
    expect(plain(hant.count(1.5e12).text)).toBe('15,000 億');
  });

  it('keep their full value for hover and copy', () => {
    expect(hant.count(1_234_567).full).toBe('1,234,567');
  });

  it('are unknown where nobody knows, never zero and never blank', () => {
    expect(hant.count(null).text).toBe('未知');
    expect(en.count(undefined).text).toBe('unknown');
    expect(hant.count(0).text).toBe('0');
  });
});

describe('rates', () => {
  it('are shares of one, shown with one decimal', () => {
    expect(hant.percent(0.4513)).toBe('45.1%');
    expect(hant.percent(1)).toBe('100.0%');
    expect(hant.percent(null)).toBe('未知');
  });

  it('carry their interval', () => {
    expect(en.interval({ rate: 0.45, low: 0.418, high: 0.485, n: 842 })).toBe('41.8–48.5%');
    expect(en.interval({ rate: null, low: null, high: null, n: 0 })).toBe('unknown');
  });
});

describe('durations', () => {
  it.each([
    [0.4, '不到 1 秒', '不到 1 秒', 'under 1 second'],
    [45, '45 秒', '45 秒钟', '45 seconds'],
    [5400, '1.5 小時', '1.5 小时', '1.5 hours'],
    [267_840, '3.1 天', '3.1 天', '3.1 days'],
    [62 * 86_400, '62 天', '62 天', '62 days'],
    [86_400, '24 小時', '24 小时', '24 hours'],
  ])('%d seconds in words', (seconds, traditional, simplified, english) => {
    expect(plain(hant.duration(seconds))).toBe(traditional);
    expect(plain(hans.duration(seconds))).toBe(simplified);
    expect(plain(en.duration(seconds))).toBe(english);
  });

  it('are unknown where nobody knows', () => {
    expect(hant.duration(null)).toBe('未知');
  });
});

describe('dates', () => {
  const lateEvening = '2026-11-23T17:30:00Z'; // already the 24th in Taipei

  it('of an instant are those of the workspace’s time zone', () => {
    expect(hant.date(lateEvening)).toBe('2026年11月24日');
    expect(en.date(lateEvening)).toBe('Nov 23, 2026');
  });

  it('of a day stay that day in every zone', () => {
    expect(en.date('2026-11-23')).toBe('Nov 23, 2026');
    expect(hant.date('2026-11-23')).toBe('2026年11月23日');
  });

  it('count 民國 years where asked, in 繁體中文 only', () => {
    const roc = createFormat({ locale: 'zh-Hant', timezone: 'Asia/Taipei', rocYears: true });
    expect(plain(roc.date('2026-11-23'))).toContain('115');
    expect(roc.date('2026-11-23')).toContain('民國');
    expect(createFormat({ locale: 'en', timezone: 'UTC', rocYears: true }).date('2026-11-23')).toBe('Nov 23, 2026');
  });

  it('have times on a 24-hour clock', () => {
    expect(hant.dateTime(lateEvening)).toContain('01:30');
    expect(hant.time('2026-11-23T16:05:09Z')).toBe('00:05:09');
  });

  it('may be told from now', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    expect(en.ago('2026-11-23T11:57:00Z', now)).toBe('3 minutes ago');
    expect(plain(hant.ago('2026-11-21T12:00:00Z', now))).toMatch(/前天|2 ?天前/);
  });
});

describe('money', () => {
  it('names its currency, and shortens like a count', () => {
    expect(plain(en.money(1757, 'BRL').text)).toBe('R$1,757');
    expect(plain(hant.money(30_200_000, 'BRL').text)).toBe('R$3,020 萬');
    expect(plain(hant.money(410_000, 'BRL').text)).toBe('R$41 萬');
    expect(hant.money(410_000, 'BRL').full).toContain('410,000');
  });

  it('says which dollars and which yen, in every language', () => {
    for (const format of [hant, hans, en]) {
      expect(['TWD', 'USD', 'JPY'].map((currency) => plain(format.money(180, currency).text))).toEqual(['NT$180', 'US$180', 'JP¥180']);
    }
    expect([hant, hans, en].map((format) => plain(format.money(180, 'CNY').text))).toEqual(['CN¥180', '¥180', 'CN¥180']);
    expect(plain(hant.money(-12_345, 'TWD').full)).toBe('−NT$12,345');
  });

  it('of a few coins keeps its coins', () => {
    expect([6.2, 0.063, 26.54, 40, 148.6].map((amount) => plain(en.money(amount, 'BRL').text))).toEqual(['R$6.2', 'R$0.063', 'R$26.5', 'R$40', 'R$149']);
  });

  it('in something that is no currency keeps its name', () => {
    expect(plain(en.money(12, 'cups').text)).toBe('12 cups');
  });

  it('in several currencies stays several', () => {
    const list = [
      { currency: 'TWD', total: 100, perCustomer: 10 },
      { currency: 'USD', total: 5, perCustomer: 1 },
    ];
    expect(hant.moneyList(list, 'total').split('、')).toHaveLength(2);
    expect(hant.moneyList(null, 'total')).toBe('未知');
  });
});

describe('changes', () => {
  it('have an arrow and a sign', () => {
    expect(plain(hant.change(0.03, 'points').text)).toBe('▲ +3.0 點');
    expect(plain(hans.change(-0.024, 'points').text)).toBe('▼ −2.4 个百分点');
    expect(en.change(0.18, 'percent')).toEqual({ text: '▲ +18.0%', direction: 'up' });
    expect(en.change(-3, 'count').text).toBe('▼ −3');
  });

  it('too small to show are no change', () => {
    expect(en.change(0.0001, 'points').direction).toBe('flat');
  });
});

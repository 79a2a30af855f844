// Numbers, durations and dates as each of the three languages writes them.
import type { Locale, MoneyAnswer, Rate } from '../api/types';

export interface FormatOptions {
  locale: Locale;
  /** IANA; the workspace's. */
  timezone: string;
  /** 民國 years; heeded in 繁體中文 only. */
  rocYears?: boolean;
}

/** A number as shown, and in full for hover and copy. */
export interface Shown {
  text: string;
  full: string;
}

export interface Format {
  locale: Locale;
  timezone: string;
  /** 8,412 · 12.4 萬 · 3.2 億 / 12.4K · 320M; never 兆. */
  count(value: number | null | undefined): Shown;
  /** 8,412: all digits, always. */
  full(value: number): string;
  /** 0.451 → 45.1%; a rate is a share of 1. */
  percent(rate: number | null | undefined, digits?: number): string;
  /** 41.8–48.5%: the interval of a rate. */
  interval(rate: Rate | null | undefined): string;
  /** Seconds in words: 62 天, 3.1 hours. */
  duration(seconds: number | null | undefined): string;
  /** A day: 2026-11-23 (no zone) or an instant in the workspace's zone. */
  date(value: string | null | undefined): string;
  dateTime(value: string | null | undefined): string;
  /** The month of a day: 2026-11-01. */
  month(day: string): string;
  /** Hours, minutes and seconds of an instant. */
  time(value: string): string;
  /** 3 minutes ago, from now on as given in milliseconds. */
  ago(value: string, now: number): string;
  money(amount: number, currency: string): Shown;
  /** Several currencies stay several: nothing is converted silently. */
  moneyList(list: MoneyAnswer[] | null, which: 'total' | 'perCustomer'): string;
  /** ▲ +3.0 or ▼ −2.4: arrow and sign; points for rates, percent for relative changes. */
  change(value: number, unit: 'points' | 'percent' | 'count'): Change;
}

export interface Change {
  text: string;
  direction: 'up' | 'down' | 'flat';
}

const tags: Record<Locale, string> = { 'zh-Hant': 'zh-Hant-TW', 'zh-Hans': 'zh-Hans-CN', en: 'en-US' };

const unknown: Record<Locale, string> = { 'zh-Hant': '未知', 'zh-Hans': '未知', en: 'unknown' };
const points: Record<Locale, string> = { 'zh-Hant': ' 點', 'zh-Hans': ' 个百分点', en: ' pts' };
const underOneSecond: Record<Locale, string> = { 'zh-Hant': '不到 1 秒', 'zh-Hans': '不到 1 秒', en: 'under 1 second' };

/**
 * Signs that two currencies share are told apart, in every language: a company
 * of Taiwan sells in dollars of two countries, and a reader of one language
 * cannot be asked to know which one the sign alone means. In 简体中文 the bare ¥
 * is 人民币, and the yen has a sign of its own already.
 */
const signs: Record<string, string> = { TWD: 'NT$', USD: 'US$', HKD: 'HK$', SGD: 'S$', JPY: 'JP¥', CNY: 'CN¥' };

const minus = '−';
const thin = ' ';

export function createFormat({ locale, timezone, rocYears = false }: FormatOptions): Format {
  const tag = tags[locale];
  const roc = rocYears && locale === 'zh-Hant';
  const calendar = roc ? 'roc' : 'gregory';
  const plain = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumSignificantDigits: 3, useGrouping: true });
  const day = new Intl.DateTimeFormat(tag, { calendar, timeZone: timezone, year: 'numeric', month: 'short', day: 'numeric' });
  const floatingDay = new Intl.DateTimeFormat(tag, { calendar, timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' });
  const floatingMonth = new Intl.DateTimeFormat(tag, { calendar, timeZone: 'UTC', year: 'numeric', month: 'short' });
  const instant = new Intl.DateTimeFormat(tag, {
    calendar,
    timeZone: timezone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const clock = new Intl.DateTimeFormat(tag, { timeZone: timezone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });

  // Making a formatter takes a hundred times as long as using one.
  const made = new Map<string, Intl.NumberFormat>();
  function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    const formatter = made.get(key) ?? new Intl.NumberFormat(tag, options);
    made.set(key, formatter);
    return formatter;
  }

  const signed = (text: string): string => text.replace('-', minus);

  function shorten(value: number): string {
    // zh-Hant of the CLDR goes on to 兆 (10¹²), which means a million in computing
    // and 10¹² in money: 億 with more digits cannot be misread.
    if (locale === 'zh-Hant' && Math.abs(value) >= 1e12) {
      return signed(`${numbers({ maximumFractionDigits: 0 }).format(value / 1e8)}${thin}億`);
    }
    return signed(spaced(compact.formatToParts(value)));
  }

  /** Chinese sets a space between a number and the word after it. */
  function spaced(parts: Intl.NumberFormatPart[]): string {
    return parts
      .map((part, i) => {
        const wordAfterNumber = part.type === 'compact' && locale !== 'en' && i > 0 && parts[i - 1]?.type !== 'literal';
        return wordAfterNumber ? thin + part.value : part.value;
      })
      .join('');
  }

  function count(value: number | null | undefined): Shown {
    if (value === null || value === undefined) return { text: unknown[locale], full: unknown[locale] };
    const full = signed(plain.format(value));
    return { text: Math.abs(value) < 10_000 ? full : shorten(value), full };
  }

  function unit(value: number, name: string): string {
    const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
    const formatter = numbers({ style: 'unit', unit: name, unitDisplay: 'long', maximumFractionDigits: digits });
    const text = formatter.format(value);
    return locale === 'en' ? text : text.replace(/(\d)\s*(\p{Script=Han})/u, `$1${thin}$2`);
  }

  function duration(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return unknown[locale];
    if (seconds < 1) return underOneSecond[locale];
    if (seconds < 60) return unit(Math.round(seconds), 'second');
    if (seconds < 3600) return unit(seconds / 60, 'minute');
    if (seconds < 2 * 86_400) return unit(seconds / 3600, 'hour');
    return unit(seconds / 86_400, 'day');
  }

  function percent(rate: number | null | undefined, digits = 1): string {
    if (rate === null || rate === undefined) return unknown[locale];
    return signed(numbers({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(rate));
  }

  function interval(rate: Rate | null | undefined): string {
    if (!rate || rate.low === null || rate.high === null) return unknown[locale];
    const one = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return `${one.format(rate.low * 100)}–${one.format(rate.high * 100)}%`;
  }

  function withRoc(text: string): string {
    return roc ? text.replace(/^民國(\d)/, `民國${thin}$1`) : text;
  }

  function date(value: string | null | undefined): string {
    if (!value) return unknown[locale];
    return withRoc(/^\d{4}-\d{2}-\d{2}$/.test(value) ? floatingDay.format(new Date(`${value}T00:00:00Z`)) : day.format(new Date(value)));
  }

  function moneyOrUnknown(amount: number | null, currency: string): string {
    return amount === null ? unknown[locale] : money(amount, currency).text;
  }

  function money(amount: number, currency: string): Shown {
    const style = (extra: Intl.NumberFormatOptions) => {
      try {
        return numbers({ style: 'currency', currency, ...extra });
      } catch {
        return null; // not an ISO 4217 code: points, cups, whatever the events said
      }
    };
    const whole = style({ maximumFractionDigits: 2, minimumFractionDigits: 0 });
    if (!whole) {
      const shown = count(amount);
      return { text: `${shown.text}${thin}${currency}`, full: `${shown.full}${thin}${currency}` };
    }
    const sign = locale === 'zh-Hans' && currency === 'CNY' ? undefined : signs[currency];
    const told = (formatter: Intl.NumberFormat, value: number): string =>
      signed(spaced(formatter.formatToParts(value).map((part) => (sign && part.type === 'currency' ? { ...part, value: sign } : part))));
    const full = told(whole, amount);
    if (Math.abs(amount) < 10_000) {
      // Cents are noise beside hundreds, and all there is beside nothing.
      const digits = Math.abs(amount) < 100 && !Number.isInteger(amount) ? { maximumSignificantDigits: Math.abs(amount) < 10 ? 2 : 3 } : { maximumFractionDigits: 0 };
      return { text: told(style(digits) ?? whole, amount), full };
    }
    if (locale === 'zh-Hant' && Math.abs(amount) >= 1e12) {
      return { text: `${told(style({ maximumFractionDigits: 0 }) ?? whole, amount / 1e8)}${thin}億`, full };
    }
    return { text: told(style({ notation: 'compact', maximumSignificantDigits: 3, useGrouping: true }) ?? whole, amount), full };
  }

  return {
    locale,
    timezone,
    count,
    full: (value) => signed(plain.format(value)),
    percent,
    interval,
    duration,
    date,
    dateTime: (value) => (value ? withRoc(instant.format(new Date(value))) : unknown[locale]),
    month: (value) => withRoc(floatingMonth.format(new Date(`${value}T00:00:00Z`))),
    time: (value) => clock.format(new Date(value)),
    ago: (value, now) => agoOf(relative, (Date.parse(value) - now) / 1000),
    money,
    moneyList(list, which) {
      if (list === null || list.length === 0) return unknown[locale];
      return list.map((one) => moneyOrUnknown(one[which], one.currency)).join(locale === 'en' ? ', ' : '、');
    },
    change(value, kind) {
      const size = kind === 'count' ? value : value * 100;
      const digits = kind === 'count' ? 0 : 1;
      const rounded = Number(size.toFixed(digits));
      const direction = rounded > 0 ? 'up' : rounded < 0 ? 'down' : 'flat';
      const number = numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(rounded));
      const tail = kind === 'points' ? points[locale] : kind === 'percent' ? '%' : '';
      const head = direction === 'up' ? '▲ +' : direction === 'down' ? `▼ ${minus}` : '＝ ';
      return { text: `${head}${number}${tail}`, direction };
    },
  };
}

function agoOf(relative: Intl.RelativeTimeFormat, seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(Math.round(seconds), 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (size < 60 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return relative.format(Math.round(seconds / (30.44 * 86_400)), 'month');
}

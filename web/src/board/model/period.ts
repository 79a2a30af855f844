// Days of the filter bar. A day is "2018-11-14" in the workspace's time zone;
// both ends of a period are included.

export interface Period {
  from?: string;
  to?: string;
}

export type Preset = 'all' | '30d' | '90d' | '180d' | '365d' | 'year';
export const presets: readonly Preset[] = ['all', '30d', '90d', '180d', '365d', 'year'];

/** The period a preset means on a given day. */
export function presetPeriod(preset: Preset, today: string): Period {
  if (preset === 'all') return {};
  if (preset === 'year') return { from: `${today.slice(0, 4)}-01-01`, to: today };
  return { from: addDays(today, 1 - Number.parseInt(preset, 10)), to: today };
}

export function presetOf(period: Period, today: string): Preset | null {
  return (
    presets.find((preset) => {
      const meant = presetPeriod(preset, today);
      return meant.from === period.from && meant.to === period.to;
    }) ?? null
  );
}

/**
 * The period of the same length that ends the day before this one starts. Null
 * for a period without a start: there is nothing before it. `today` closes one
 * without an end.
 */
export function periodBefore(period: Period, today: string): Required<Period> | null {
  if (!isDay(period.from)) return null;
  const to = isDay(period.to) ? period.to : today;
  const days = daysBetween(period.from, to) + 1;
  if (days < 1) return null;
  return { from: addDays(period.from, -days), to: addDays(period.from, -1) };
}

/** Length in days, both ends included; null without a start. */
export function lengthInDays(period: Period, today: string): number | null {
  if (!isDay(period.from)) return null;
  return daysBetween(period.from, isDay(period.to) ? period.to : today) + 1;
}

const days = new Map<string, Intl.DateTimeFormat>();

function dayIn(timezone: string): Intl.DateTimeFormat {
  const day = days.get(timezone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' });
  days.set(timezone, day);
  return day;
}

/** The calendar day of an instant in a time zone. */
export function dayOf(instant: string | Date, timezone: string): string {
  return dayIn(timezone).format(typeof instant === 'string' ? new Date(instant) : instant);
}

export function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return '';
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

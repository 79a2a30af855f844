// Changes of a metric in its own unit, always with their sign: shares in points,
// seconds in words, money as money.
import { useTranslation } from 'react-i18next';
import { useFormat, useLocale } from '../format/useFormat';
import { useUnit } from '../metrics/useUnit';

const currency = /^[A-Z]{3}(\/|$)/;

export interface MoveFormat {
  /** +157, −1.2 points, +NT$3,000: short enough for a sentence. */
  short: (change: number) => string;
  /** With an arrow before the sign. */
  arrow: (change: number) => string;
  /** All digits that count, so that parts can be added up by hand. */
  exact: (change: number, decimals: number) => string;
  /** The size alone. */
  size: (change: number) => string;
}

export function useMove(unit: string): MoveFormat {
  const { t } = useTranslation('why');
  const locale = useLocale();
  const format = useFormat();
  const shown = useUnit(unit);
  const isShare = unit === '';
  const digits = (value: number, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options).format(value);
  const size = (change: number): string => {
    const value = Math.abs(change);
    if (isShare) {
      const points = value * 100; // one decimal as everywhere, unless that would say nothing
      return t('points', { shown: digits(points, points < 0.05 ? { maximumSignificantDigits: 1 } : { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
    }
    if (unit !== 's' && !currency.test(unit) && value > 0 && value < 0.1) return digits(value, { maximumSignificantDigits: 2 });
    return shown.plain(value);
  };
  const all = (change: number, decimals: number): string => {
    const value = Math.abs(change);
    const fixed = (places: number) => ({ minimumFractionDigits: places, maximumFractionDigits: places });
    if (isShare) return t('points', { shown: digits(value * 100, fixed(Math.max(0, decimals - 2))) });
    if (unit === 's') return t('seconds', { shown: digits(value, fixed(decimals)) });
    return digits(value, fixed(decimals));
  };
  const signed = (change: number, text: string) => (change === 0 ? text : `${change > 0 ? '+' : '−'}${text}`);
  return {
    size,
    short: (change) => signed(change, size(change)),
    arrow: (change) => `${change > 0 ? '▲ ' : change < 0 ? '▼ ' : '＝ '}${signed(change, change === 0 ? format.full(0) : size(change))}`,
    exact: (change, decimals) => signed(change, all(change, decimals)),
  };
}

// Numbers in the unit of a metric: money as money, seconds in words, shares in
// percent, and everything else with the name of its unit.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';
import type { Shown } from '../format/format';

const currency = /^[A-Z]{3}$/;

export interface UnitFormat {
  /** The value with its unit. */
  show: (value: number | null) => Shown;
  /** The value alone, where the unit stands elsewhere. */
  plain: (value: number | null) => string;
  /** The unit in words; empty for shares and money, which carry their own. */
  name: string;
}

export function useUnit(unit: string): UnitFormat {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const word = (part: string) => t(`unit.${part}`, { defaultValue: part });
  const [above = '', ...below] = unit.split('/');
  const per = below.map(word).join('·');
  if (unit === '') {
    const text = (value: number | null) => format.percent(value);
    return { show: (value) => ({ text: text(value), full: text(value) }), plain: text, name: '' };
  }
  if (unit === 's') {
    const text = (value: number | null) => format.duration(value);
    return { show: (value) => ({ text: text(value), full: value === null ? text(value) : `${format.full(value)} s` }), plain: text, name: '' };
  }
  if (currency.test(above)) {
    const tail = per && ` / ${per}`;
    const money = (value: number | null): Shown => {
      if (value === null) return format.count(null);
      const shown = format.money(value, above);
      return { text: shown.text + tail, full: shown.full + tail };
    };
    return { show: money, plain: (value) => (value === null ? format.count(null).text : format.money(value, above).text), name: per && `/ ${per}` };
  }
  const name = (above === '1' ? '' : word(above)) + (per && ` / ${per}`);
  return {
    show: (value) => {
      const shown = format.count(value);
      return value === null ? shown : { text: `${shown.text} ${name}`, full: `${shown.full} ${name}` };
    },
    plain: (value) => format.count(value).text,
    name,
  };
}

import { Select, type SelectProps } from 'antd';
import { useMemo, useState } from 'react';
import { useLocale } from '../format/useFormat';

/** Every IANA zone the browser knows, found by name or by its name in the reader's language. */
export function TimezoneSelect(props: Omit<SelectProps<string>, 'options'>) {
  const locale = useLocale();
  const [now] = useState(() => new Date()); // offsets change with the season
  const options = useMemo(() => {
    const zones = Intl.supportedValuesOf('timeZone');
    return ['UTC', ...zones.filter((zone) => zone !== 'UTC')].map((zone) => ({
      value: zone,
      label: `${zone.replaceAll('_', ' ')} · ${offsetOf(zone, locale, now)}`,
    }));
  }, [locale, now]);
  return <Select<string> showSearch={{ optionFilterProp: 'label' }} {...props} options={options} />;
}

function offsetOf(zone: string, locale: string, now: Date): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

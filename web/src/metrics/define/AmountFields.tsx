// The amounts that are summed or compared: which number of the event, in which
// currency where it is money, and of what each has one.
import { AutoComplete, Segmented } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocale } from '../../format/useFormat';
import { eventsOf } from '../useKeys';
import { at } from './model/definition';
import { EventsField } from './EventsField';
import { Field } from './Field';
import { QuantileField } from './MeasureFields';
import { useDefine } from './useDefine';
import { useEventProperties } from './useEventProperties';
import styles from './Define.module.css';

export function AmountFields({ measure }: { measure: 'sum' | 'average' | 'quantile' }) {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const value = (field: string) => (at(metric, [measure, field]) as string | undefined) ?? '';
  const amounts = useAmounts();
  const currencies = useCurrencies();
  const of = value('of');
  const isMoney = of === 'value' || of === 'cost';
  const choose = (next: string) => {
    const money = next === 'value' || next === 'cost';
    const { currency, ...rest } = metric[measure] as Record<string, unknown>;
    put([measure], { ...rest, of: next, ...(money && { currency: currency ?? '' }) });
  };
  return (
    <>
      <EventsField path={[measure]} label={t('events.label')} />
      <div className={styles.pair}>
        <Field path={`${measure}.of`} label={t('amount.of')} hint={t('amount.ofHint')}>
          {(wiring) => <AutoComplete {...wiring} value={of} options={amounts} placeholder="value" onChange={choose} />}
        </Field>
        {(isMoney || value('currency') !== '') && (
          <Field path={`${measure}.currency`} label={t('amount.currency')} hint={t('amount.currencyHint')}>
            {(wiring) => (
              <AutoComplete
                {...wiring}
                value={value('currency')}
                options={currencies}
                placeholder="TWD"
                filterOption={(typed, option) => `${option?.value} ${option?.label}`.toLowerCase().includes(typed.toLowerCase())}
                onChange={(next: string) => put([measure, 'currency'], next.toUpperCase())}
              />
            )}
          </Field>
        )}
      </div>
      {measure !== 'sum' && (
        <Field path={`${measure}.per`} label={t('amount.per')} group>
          {() => (
            <Segmented
              value={value('per') || 'event'}
              options={(['event', 'customer'] as const).map((per) => ({ value: per, label: t(`amount.pers.${per}`) }))}
              onChange={(per) => put([measure, 'per'], per, 'event')}
            />
          )}
        </Field>
      )}
      {measure === 'quantile' && <QuantileField measure="quantile" />}
    </>
  );
}

/** What the chosen events carry that can be summed: money, and properties that are numbers. */
function useAmounts(): { value: string; label: string }[] {
  const { t } = useTranslation('define');
  const { metric } = useDefine();
  const seen = useEventProperties(eventsOf(metric));
  const numbers = seen.filter(({ key, type }) => key.startsWith('properties.') && /num|int|double|float|decimal/i.test(type)).map(({ key }) => key);
  return [...(['value', 'cost'] as const).map((value) => ({ value, label: t(`amount.money.${value}`) })), ...numbers.map((value) => ({ value, label: value }))];
}

/** Every currency by its code and its name. */
function useCurrencies(): { value: string; label: string }[] {
  const locale = useLocale();
  return useMemo(() => {
    const names = new Intl.DisplayNames(locale, { type: 'currency' });
    return Intl.supportedValuesOf('currency').map((value) => ({ value, label: `${value} ${names.of(value) ?? ''}` }));
  }, [locale]);
}

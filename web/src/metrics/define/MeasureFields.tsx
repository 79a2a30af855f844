// The fields that each measure has.
import { InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { SpanField } from '../../board/filter/WindowChoice';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { type Measure } from '../model';
import { at } from './model/definition';
import { AmountFields } from './AmountFields';
import { EventsField } from './EventsField';
import { Field } from './Field';
import { FormulaField } from './FormulaField';
import { useJourneys, useTables } from './queries';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

export function MeasureFields({ measure }: { measure: Measure }) {
  const { t } = useTranslation('define');
  switch (measure) {
    case 'count':
      return <EventsField path={['count']} label={t('events.label')} />;
    case 'customers':
      return (
        <>
          <EventsField path={['customers']} label={t('events.label')} />
          <AtLeastField measure="customers" />
        </>
      );
    case 'active':
      return (
        <>
          <EventsField path={['active']} label={t('events.label')} />
          <div className={styles.pair}>
            <SpanOf measure="active" field="window" label={t('window.label')} hint={t('window.hint')} />
            <AtLeastField measure="active" />
          </div>
        </>
      );
    case 'sum':
    case 'average':
    case 'quantile':
      return <AmountFields measure={measure} />;
    case 'rate':
      return (
        <>
          <EventsField path={['rate', 'from']} label={t('rate.from')} />
          <EventsField path={['rate', 'of']} label={t('rate.of')} />
          <SpanOf measure="rate" field="within" label={t('rate.within')} hint={t('rate.withinHint')} />
        </>
      );
    case 'conversion':
    case 'time':
      return <StageFields measure={measure} />;
    case 'retention':
      return <ReturnFields />;
    case 'formula':
      return <FormulaField />;
  }
}

function AtLeastField({ measure }: { measure: 'customers' | 'active' }) {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const path = [measure, 'atLeast'];
  return (
    <Field path={path.join('.')} label={t('atLeast.label')} hint={t(`atLeast.hint.${measure}`)}>
      {(wiring) => <InputNumber {...wiring} min={1} max={100} precision={0} value={(at(metric, path) as number | undefined) ?? 1} onChange={(next) => put(path, next ?? undefined, 1)} />}
    </Field>
  );
}

function SpanOf({ measure, field, label, hint }: { measure: 'active' | 'rate'; field: string; label: string; hint: string }) {
  const { metric, put } = useDefine();
  const path = [measure, field];
  return (
    <Field path={path.join('.')} label={label} hint={hint} group>
      {() => <SpanField value={at(metric, path) as string | undefined} onChange={(span) => put(path, span)} label={label} />}
    </Field>
  );
}

/** The quantile of amounts or of times; the median need not be said. */
export function QuantileField({ measure }: { measure: 'quantile' | 'time' }) {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const path = [measure, 'q'];
  const q = (at(metric, path) as number | undefined) ?? 0.5;
  const usual = [0.25, 0.5, 0.75, 0.9, 0.95];
  return (
    <Field path={path.join('.')} label={t('quantile.label')} hint={t('quantile.hint')} group>
      {() => (
        <span className={styles.inline}>
          <Segmented<number> size="small" value={q} options={usual.map((value) => ({ value, label: value === 0.5 ? t('quantile.median') : String(value) }))} onChange={(next) => put(path, next, 0.5)} />
          <InputNumber min={0} max={1} step={0.05} value={q} aria-label={t('quantile.label')} onChange={(next) => put(path, next ?? undefined, 0.5)} className={styles.short} />
        </span>
      )}
    </Field>
  );
}

function StageFields({ measure }: { measure: 'conversion' | 'time' }) {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const locale = useLocale();
  const journeys = useJourneys();
  const value = (field: string) => (at(metric, [measure, field]) as string | undefined) || undefined;
  const named = (of: { id: string; name?: Parameters<typeof pick>[0] }) => pick(of.name, locale).text || of.id;
  const journey = journeys?.find(({ id }) => id === value('journey'))?.body;
  const stages = (journey?.stages ?? []).map((stage) => ({ value: stage.id, label: named(stage) }));
  const known = (options: { value: string; label: string }[], one: string | undefined) =>
    one === undefined || options.some((option) => option.value === one) ? options : [...options, { value: one, label: one }];
  const choice = (field: 'from' | 'to', label: string, placeholder: string, more: object) => (
    <Field path={`${measure}.${field}`} label={label}>
      {(wiring) => (
        <Select {...wiring} {...more} value={value(field)} placeholder={placeholder} options={known(stages, value(field))} disabled={!journey} onChange={(id: string | undefined) => put([measure, field], id)} />
      )}
    </Field>
  );
  return (
    <>
      <Field path={`${measure}.journey`} label={t('stages.journey')} hint={journeys?.length === 0 ? t('stages.none') : undefined}>
        {(wiring) => (
          <Select
            {...wiring}
            showSearch
            optionFilterProp="label"
            value={value('journey')}
            placeholder={t('stages.choose')}
            options={known((journeys ?? []).map(({ id, body }) => ({ value: id, label: named(body) })), value('journey'))}
            onChange={(id: string) => put([measure], { ...(metric[measure] as object), journey: id, from: undefined, to: '' })}
          />
        )}
      </Field>
      <div className={styles.pair}>
        {choice('from', t('stages.from'), t('stages.first'), { allowClear: true })}
        {choice('to', t('stages.to'), t('stages.chooseStage'), {})}
      </div>
      {measure === 'time' && <QuantileField measure="time" />}
    </>
  );
}

function ReturnFields() {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const locale = useLocale();
  const tables = useTables();
  const id = (at(metric, ['retention', 'table']) as string | undefined) || undefined;
  const table = tables?.find((one) => one.id === id)?.body;
  const options = (tables ?? []).map(({ id: value, body }) => ({ value, label: pick(body.name, locale).text || value }));
  return (
    <div className={styles.pair}>
      <Field path="retention.table" label={t('returns.table')} hint={tables?.length === 0 ? t('returns.none') : undefined}>
        {(wiring) => (
          <Select
            {...wiring}
            value={id}
            placeholder={t('returns.choose')}
            options={id === undefined || options.some(({ value }) => value === id) ? options : [...options, { value: id, label: id }]}
            onChange={(next: string) => put(['retention', 'table'], next)}
          />
        )}
      </Field>
      <Field path="retention.interval" label={t('returns.interval')} hint={table && t('returns.intervals', { last: table.intervals - 1, period: t(`returns.period.${table.period}`) })}>
        {(wiring) => (
          <InputNumber {...wiring} min={1} max={192} precision={0} value={at(metric, ['retention', 'interval']) as number | undefined} onChange={(next) => put(['retention', 'interval'], next ?? undefined)} />
        )}
      </Field>
    </div>
  );
}

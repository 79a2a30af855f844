// How the number is looked at: its periods, its unit, which way is good, whose it is.
import { AutoComplete, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Good, Grain } from '../../api/metric';
import { grains } from '../model';
import { Field } from './Field';
import { useDefine } from './useDefine';
import { useUnitName } from './useUnitName';
import styles from './Define.module.css';

export function HowFields() {
  const { t } = useTranslation('define');
  const { t: metrics } = useTranslation('metrics');
  const { metric, put } = useDefine();
  const grain = metric.grain ?? 'week';
  return (
    <>
      <div className={styles.pair}>
        <Field path="grain" label={t('grain.label')} group>
          {() => <Segmented<Grain> value={grain} options={grains.map((value) => ({ value, label: metrics(`grain.${value}`) }))} onChange={(value) => put(['grain'], value, 'week')} />}
        </Field>
        {(grain === 'week' || metric.weekStart !== undefined) && (
          <Field path="weekStart" label={t('weekStart.label')} group>
            {() => (
              <Segmented<string>
                value={String(metric.weekStart ?? 'monday')}
                options={['monday', 'sunday'].map((value) => ({ value, label: t(`weekStart.${value}`) }))}
                onChange={(value) => put(['weekStart'], value, 'monday')}
              />
            )}
          </Field>
        )}
      </div>
      <UnitField />
      <Field path="good" label={metrics('definition.good')} group>
        {() => <Segmented<Good> value={metric.good ?? 'up'} options={(['up', 'down', 'neither'] as const).map((value) => ({ value, label: metrics(`good.${value}`) }))} onChange={(value) => put(['good'], value, 'up')} />}
      </Field>
      <Field path="level" label={metrics('definition.level')} hint={t('level.hint')} group>
        {() => (
          <Segmented<number>
            value={metric.level ?? 0}
            options={[1, 2, 3, 0].map((value) => ({ value, label: metrics(`level.${value}`) }))}
            onChange={(value) => put(['level'], value === 0 ? undefined : value)}
          />
        )}
      </Field>
      <Field path="owner" label={metrics('definition.owner')} hint={t('owner.hint')}>
        {(wiring) => <Select {...wiring} mode="tags" value={metric.owner ?? []} open={false} suffixIcon={null} tokenSeparators={[',', '、', '，']} onChange={(owner: string[]) => put(['owner'], owner.length > 0 ? owner : undefined)} />}
      </Field>
    </>
  );
}

function UnitField() {
  const { t } = useTranslation('define');
  const { metric, put, metrics, numbers } = useDefine();
  const unitName = useUnitName();
  const known = [...new Set(metrics.flatMap(({ unit }) => (unit ? [unit] : [])))].toSorted();
  const own = numbers.answer && !numbers.late ? numbers.answer.unit : undefined;
  const hint = metric.unit ? t('unit.reads', { unit: unitName(metric.unit) }) : own === '' ? t('unit.unsaidShare') : own ? t('unit.unsaid', { unit: unitName(own) }) : t('unit.hint');
  return (
    <Field path="unit" label={t('unit.label')} hint={hint}>
      {(wiring) => (
        <AutoComplete
          {...wiring}
          allowClear
          value={metric.unit ?? ''}
          placeholder={own || 'order'}
          options={known.map((value) => ({ value, label: `${unitName(value)}（${value}）` }))}
          filterOption={(typed, option) => `${option?.value} ${option?.label}`.toLowerCase().includes(typed.toLowerCase())}
          onChange={(unit?: string) => put(['unit'], unit || undefined)}
        />
      )}
    </Field>
  );
}

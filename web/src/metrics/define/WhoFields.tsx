// Who is counted, which events count, and whether it adds up from the beginning.
import { AutoComplete, Segmented, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Where } from '../../api/types';
import { useTraits } from '../../board/filter/SegmentChoice';
import { WhereEditor } from '../../board/filter/WhereEditor';
import { rowsOf, whereOf, type Row } from '../../board/model/where';
import { measureOf } from '../model';
import { eventsOf, useKeys } from '../useKeys';
import { useEventProperties } from './useEventProperties';
import { fitsWhere } from './model/events';
import { canAddUp } from './model/measures';
import { Field } from './Field';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

export function WhoFields() {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  return (
    <>
      <SubjectField />
      <SegmentField />
      {canAddUp(measureOf(metric)) && (
        <Field path="cumulative" label={t('cumulative.label')} hint={t('cumulative.hint')}>
          {({ id, ...wiring }) => <Switch {...wiring} id={id} checked={metric.cumulative === true} onChange={(on) => put(['cumulative'], on || undefined)} />}
        </Field>
      )}
    </>
  );
}

function SubjectField() {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const keys = useKeys(metric);
  const subject = metric.subject ?? 'person';
  const [byKey, setByKey] = useState(subject !== 'person' && subject !== 'account');
  return (
    <Field path="subject" label={t('subject.label')} hint={byKey ? t('subject.keyHint') : undefined} group>
      {() => (
        <span className={styles.inline}>
          <Segmented
            value={byKey ? 'key' : subject}
            options={(['person', 'account', 'key'] as const).map((value) => ({ value, label: t(`subject.of.${value}`) }))}
            onChange={(value) => {
              setByKey(value === 'key');
              put(['subject'], value === 'key' ? '' : value, 'person');
            }}
          />
          {byKey && <AutoComplete value={subject === 'person' ? '' : subject} options={keys} placeholder="properties.session" aria-label={t('subject.key')} className={styles.key} onChange={(key: string) => put(['subject'], key)} />}
        </span>
      )}
    </Field>
  );
}

function SegmentField() {
  const { t } = useTranslation('define');
  const { metric, put, asText } = useDefine();
  const [rows, setRows] = useState<Row[]>(() => rowsOf(metric.segment));
  const seen = useEventProperties(eventsOf(metric));
  const traits = useTraits();
  const channel = ['channel', 'source'].map((key) => ({ key, type: 'string', count: 0, values: [] }));
  return (
    <Field path="segment" label={t('segment.label')} hint={t('segment.hint')} group>
      {() =>
        fitsWhere(metric.segment) ? (
          <WhereEditor
            rows={rows}
            properties={[...channel.filter(({ key }) => !seen.some((one) => one.key === key)), ...seen, ...traits]}
            onChange={(next) => {
              setRows(next);
              put(['segment'], whereOf(next) satisfies Where | undefined);
            }}
          />
        ) : (
          <div className={styles.foreign}>
            <pre>{JSON.stringify(metric.segment, null, 2)}</pre>
            <button type="button" className={styles.link} onClick={asText}>{t('events.asText')}</button>
          </div>
        )
      }
    </Field>
  );
}

// The star: where the product stands in its life and why this metric is fit to rule; of
// any other, that it rules from a day on, and why.
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../board/drawer/Drawer';
import drawer from '../../board/drawer/Drawer.module.css';
import { isDay } from '../../board/model/period';
import { useLocale } from '../../format/useFormat';
import { lifeCycles, questions, type LifeCycle, type Star } from '../model/definition';
import { useEditing } from '../useEditing';
import { TextField } from './fields';
import styles from './Edit.module.css';

export function StarFields({ metric }: { metric: string }) {
  const editing = useEditing();
  const last = editing?.tree.stars.at(-1);
  if (!editing || !last) return null;
  return last.metric === metric ? <Ruling star={last} /> : <Succession metric={metric} last={last} />;
}

function Ruling({ star }: { star: Star }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const of = { star: star.metric, since: star.since };
  return (
    <Section title={t('edit.checklist')}>
      <div className={drawer.fields}>
        <label>
          {t('edit.lifeCycle')}
          <Select<LifeCycle>
            allowClear
            value={star.lifeCycle}
            aria-label={t('edit.lifeCycle')}
            options={lifeCycles.map((value) => ({ value, label: t(`lifeCycle.${value}`) }))}
            onChange={(lifeCycle?: LifeCycle) => editing?.perform({ do: 'life', ...of, lifeCycle })}
          />
        </label>
        {questions.map((question) => (
          <TextField key={question} label={t(`question.${question}`)} text={star.checklist?.[question]} onWrite={(sentence) => editing?.perform({ do: 'checklist', ...of, question, sentence })} />
        ))}
      </div>
    </Section>
  );
}

function Succession({ metric, last }: { metric: string; last: Star }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const locale = useLocale();
  const [since, setSince] = useState('');
  const [reason, setReason] = useState('');
  const tooEarly = isDay(since) && last.since !== undefined && since <= last.since;
  return (
    <Section title={t('edit.succession')}>
      <form
        className={drawer.fields}
        onSubmit={(event) => {
          event.preventDefault();
          editing?.perform({ do: 'succeed', star: { metric, since, reason: { [locale]: reason.trim() }, ...(last.lifeCycle && { lifeCycle: last.lifeCycle }) } });
        }}
      >
        <label>
          {t('edit.since')}
          <Input type="date" value={since} aria-label={t('edit.since')} onChange={({ target }) => setSince(target.value)} />
        </label>
        <label>
          {t('edit.why')}
          <Input.TextArea value={reason} aria-label={t('edit.why')} autoSize={{ minRows: 2, maxRows: 6 }} onChange={({ target }) => setReason(target.value)} />
        </label>
        {tooEarly && (
          <p className={styles.warn} role="alert">
            {t('edit.tooEarly', { day: last.since })}
          </p>
        )}
        <Button size="small" htmlType="submit" disabled={!isDay(since) || tooEarly || reason.trim() === ''}>
          {t('edit.succeed')}
        </Button>
      </form>
    </Section>
  );
}

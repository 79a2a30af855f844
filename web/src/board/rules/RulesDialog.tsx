// The counting rules of the whole journey: who is counted, in what order, in
// which window, and what takes a customer out.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Exclusion, Journey } from '../../api/types';
import { EventPicker } from '../binding/EventPicker';
import { SpanField } from '../filter/WindowChoice';
import { WhereEditor } from '../filter/WhereEditor';
import { propertiesQuery } from '../filter/BreakdownChoice';
import { rowsOf, whereOf, type Row } from '../model/where';
import { useBoard } from '../useBoard';
import { useQuery } from '@tanstack/react-query';
import styles from './RulesDialog.module.css';

interface EditedExclusion {
  key: number;
  event: string | null | undefined;
  rows: Row[];
  between: [string, string];
}

export function RulesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('board');
  const { journey, perform, nameOf } = useBoard();
  const [subject, setSubject] = useState(journey.subject ?? 'person');
  const [order, setOrder] = useState(journey.order ?? 'ordered');
  const [entry, setEntry] = useState(journey.entry ?? 'latest');
  const [excluded, setExcluded] = useState(journey.excluded ?? 'remove');
  const [window, setWindow] = useState(journey.window ?? '14d');
  const [owner, setOwner] = useState(journey.owner ?? []);
  const [exclusions, setExclusions] = useState<EditedExclusion[]>(() =>
    (journey.exclude ?? []).map((each, key) => ({ key, event: each.event ?? null, rows: rowsOf(each.where), between: each.between })),
  );
  const byKey = subject !== 'person' && subject !== 'account';

  const keep = () => {
    const exclude = exclusions.flatMap((each): Exclusion[] => {
      if (each.event === undefined) return [];
      const where = whereOf(each.rows);
      return [{ event: each.event, ...(where && { where }), between: each.between }];
    });
    perform({
      do: 'edit',
      patch: {
        subject: usual(subject.trim() || 'person', 'person', journey.subject),
        order: usual(order, 'ordered', journey.order),
        entry: usual(entry, 'latest', journey.entry),
        excluded: usual(excluded, 'remove', journey.excluded),
        window: usual(window, '14d', journey.window),
        owner: owner.length > 0 ? owner : undefined,
        exclude: exclude.length > 0 ? exclude : undefined,
      },
    });
    onClose();
  };
  const choice = <T extends string>(name: string, value: T, values: readonly T[], onChange: (value: T) => void) => (
    <label>
      {t(`rules.${name}`)}
      <Select<T> value={value} aria-label={t(`rules.${name}`)} onChange={onChange} options={values.map((each) => ({ value: each, label: t(`rules.${name}s.${each}`) }))} />
    </label>
  );
  return (
    <Modal open width={680} title={t('rules.title')} onCancel={onClose} okText={t('bind.keep')} onOk={keep}>
      <div className={styles.grid}>
        {choice('subject', byKey ? 'key' : (subject as 'person' | 'account'), ['person', 'account', 'key'] as const, (value) => setSubject(value === 'key' ? 'properties.' : value))}
        {byKey && (
          <label>
            {t('rules.key')}
            <Input value={subject} onChange={(event) => setSubject(event.target.value)} placeholder="properties.session" />
          </label>
        )}
        {choice('order', order, ['ordered', 'strict', 'any'] as const, setOrder)}
        {choice('entry', entry, ['latest', 'first'] as const, setEntry)}
        {choice('excluded', excluded, ['remove', 'keep'] as const, setExcluded)}
        <label>
          {t('filter.window')}
          <span className={styles.window}>
            <SpanField value={window === 'none' ? undefined : window} onChange={(span) => setWindow(span ?? 'none')} label={t('filter.window')} />
            <Button type={window === 'none' ? 'primary' : 'default'} onClick={() => setWindow(window === 'none' ? '14d' : 'none')}>
              {t('span.none')}
            </Button>
          </span>
        </label>
        <label>
          {t('lanes.owner')}
          <Select mode="tags" value={owner} onChange={setOwner} aria-label={t('lanes.owner')} open={false} suffixIcon={null} />
        </label>
      </div>
      <h3 className={styles.head}>{t('rules.exclusions')}</h3>
      <p className={styles.note}>{t('rules.exclusionsNote')}</p>
      {exclusions.map((each, i) => (
        <ExclusionEditor
          key={each.key}
          exclusion={each}
          journey={journey}
          nameOf={nameOf}
          onChange={(next) => setExclusions(exclusions.with(i, next))}
          onRemove={() => setExclusions(exclusions.toSpliced(i, 1))}
        />
      ))}
      <Button
        size="small"
        type="dashed"
        icon={<PlusOutlined aria-hidden />}
        disabled={journey.stages.length < 2}
        onClick={() =>
          setExclusions([
            ...exclusions,
            { key: Math.max(-1, ...exclusions.map((each) => each.key)) + 1, event: undefined, rows: [], between: [journey.stages[0]?.id ?? '', journey.stages.at(-1)?.id ?? ''] },
          ])
        }
      >
        {t('rules.addExclusion')}
      </Button>
    </Modal>
  );
}

/** A value that is the usual one and was never written down stays unwritten. */
function usual<T>(value: T, usually: T, written: T | undefined): T | undefined {
  return value === usually && written === undefined ? undefined : value;
}

interface ExclusionEditorProps {
  exclusion: EditedExclusion;
  journey: Journey;
  nameOf: (part: Journey['stages'][number]) => string;
  onChange: (exclusion: EditedExclusion) => void;
  onRemove: () => void;
}

function ExclusionEditor({ exclusion, journey, nameOf, onChange, onRemove }: ExclusionEditorProps) {
  const { t } = useTranslation('board');
  const { data } = useQuery({ ...propertiesQuery(exclusion.event ?? ''), enabled: typeof exclusion.event === 'string' });
  const [from, to] = exclusion.between;
  const place = (id: string) => journey.stages.findIndex((stage) => stage.id === id);
  const options = journey.stages.map((stage) => ({ value: stage.id, label: nameOf(stage) }));
  return (
    <div className={styles.exclusion}>
      <div className={styles.line}>
        <EventPicker value={exclusion.event} onChange={(event) => onChange({ ...exclusion, event })} />
        <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('rules.removeExclusion')} onClick={onRemove} />
      </div>
      <div className={styles.line}>
        <span>{t('rules.between')}</span>
        <Select value={from} aria-label={t('rules.from')} options={options} onChange={(id) => onChange({ ...exclusion, between: [id, to] })} />
        <span>→</span>
        <Select value={to} aria-label={t('rules.to')} options={options} onChange={(id) => onChange({ ...exclusion, between: [from, id] })} />
      </div>
      {place(from) >= place(to) && <p className={styles.warn}>{t('rules.badRange')}</p>}
      {exclusion.event !== undefined && <WhereEditor rows={exclusion.rows} onChange={(rows) => onChange({ ...exclusion, rows })} properties={data?.items ?? []} />}
    </div>
  );
}

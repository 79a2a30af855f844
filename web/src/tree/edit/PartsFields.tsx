// How a target is divided among objectives and metrics: what each is asked for, what they
// come to beside the whole, and what is left, as one types.
import { CloseOutlined } from '@ant-design/icons';
import { Button, Segmented, Select, type RefSelectProps } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { useUnit } from '../../metrics/useUnit';
import { PartsSum } from '../drawer/PartsSum';
import { addsOf, asksOf, comesTo, turned, type Terms } from '../model/apportion';
import type { Part, Target } from '../model/definition';
import { nodeOf } from '../model/figures';
import { partKey, type TargetSpot } from '../model/target';
import { useEditing } from '../useEditing';
import { usePartName } from '../useWords';
import { Amount, useFaults } from './fields';
import styles from './Edit.module.css';

interface PartsFieldsProps {
  spot: TargetSpot;
  target: Target;
  path: string;
  unit: string;
  terms: Terms;
  /** What the server said that the parts come to. */
  told: number | null;
}

export function PartsFields({ spot, target, path, unit, terms, told }: PartsFieldsProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const [typed, type] = useState<Part>(); // the one that is typed
  const [added, add] = useState<string>();
  const adding = useRef<RefSelectProps>(null);
  if (!editing) return null;
  const { answer, metrics, perform } = editing;
  const parts = target.parts ?? [];
  const asTyped = (part: Part) => (typed && partKey(typed) === partKey(part) ? typed : part);
  const shown = { ...target, parts: parts.map(asTyped) };
  const unitOf = (part: Part) => (part.metric === undefined || part.metric === target.metric ? unit : ((answer && nodeOf(answer, part.metric)?.unit) ?? metrics.find(({ id }) => id === part.metric)?.unit ?? ''));
  return (
    <div className={styles.parts} role="group" aria-label={t('edit.parts')}>
      <p className={styles.partsHead}>{t('edit.parts')}</p>
      {parts.length > 0 && (
        <ul>
          {parts.map((part, at) => (
            <OnePart
              key={partKey(part)}
              part={part}
              typed={asTyped(part)}
              of={shown}
              path={`${path}.parts[${at}]`}
              terms={terms}
              unit={unitOf(part)}
              wholeUnit={unit}
              autoFocus={partKey(part) === added}
              onType={type}
              onWrite={(next) => perform({ do: 'part', target: spot, part: next })}
              onRemove={() => {
                perform({ do: 'unpart', target: spot, of: partKey(part) });
                adding.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      {parts.length > 0 && <PartsSum whole={target.value} sum={comesTo(shown, terms) ?? (typed ? null : told)} unit={unit} />}
      <AddPart
        ref={adding}
        target={target}
        home={spot.objective}
        onAdd={(part) => {
          const now = part.metric === undefined || !answer ? null : (nodeOf(answer, part.metric)?.value?.value ?? null);
          perform({ do: 'part', target: spot, part: asksOf(part, target, terms, now) });
          add(partKey(part));
        }}
      />
    </div>
  );
}

interface OnePartProps {
  part: Part;
  typed: Part;
  of: Target;
  path: string;
  terms: Terms;
  unit: string;
  wholeUnit: string;
  autoFocus: boolean;
  onType: (part: Part | undefined) => void;
  onWrite: (part: Part) => void;
  onRemove: () => void;
}

function OnePart({ part, typed, of, path, terms, unit, wholeUnit, autoFocus, onType, onWrite, onRemove }: OnePartProps) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const { show } = useUnit(wholeUnit);
  const name = usePartName()(part);
  const { wiring, told } = useFaults(path, true);
  const kind = part.share === undefined ? 'value' : 'share';
  const adds = addsOf(typed, of.metric, of.value, terms);
  const same = adds === null ? '' : kind === 'share' ? show(adds).text : of.value === 0 ? '' : format.percent(adds / of.value);
  const other = kind === 'share' ? 'value' : 'share';
  const canTurn = turned(part, other, of, terms) !== undefined;
  return (
    <li>
      <p className={styles.partName}>
        <span title={name}>{name}</span>
        {same !== '' && <small>{t('edit.partIs', { value: same })}</small>}
      </p>
      <div className={styles.part}>
        <Amount
          label={t('edit.partOf', { name })}
          unit={kind === 'share' ? '' : unit}
          value={part[kind]}
          wiring={wiring}
          autoFocus={autoFocus}
          onType={(value) => onType(value === undefined ? undefined : { ...part, [kind]: value })}
          onWrite={(value) => value !== undefined && onWrite({ ...part, [kind]: value })}
        />
        <Segmented<'share' | 'value'>
          size="small"
          aria-label={t('edit.partKind', { name })}
          value={kind}
          options={(['share', 'value'] as const).map((value) => ({ value, label: t(`edit.partAs.${value}`), disabled: value !== kind && !canTurn }))}
          onChange={(to) => {
            const next = turned(part, to, of, terms);
            if (next) onWrite(next);
          }}
        />
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('edit.unpart', { name })} onClick={onRemove} />
      </div>
      {told}
    </li>
  );
}

interface AddPartProps {
  ref: React.Ref<RefSelectProps>;
  target: Target;
  home: string | undefined; // the objective that the target is of
  onAdd: (part: Pick<Part, 'metric' | 'objective'>) => void;
}

/** Whom it can be asked of: other objectives, what the metric is made of, and any other metric. */
function AddPart({ ref, target, home, onAdd }: AddPartProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = usePartName();
  if (!editing) return null;
  const { tree, metrics, answer } = editing;
  const taken = new Set((target.parts ?? []).map(partKey));
  const made = new Set((answer?.edges ?? []).filter(({ kind, to }) => kind === 'arithmetic' && to === target.metric).map(({ from }) => from));
  const options = (parts: Pick<Part, 'metric' | 'objective'>[]) => parts.map((part) => ({ value: partKey(part), label: nameOf(part), part })).filter(({ value }) => !taken.has(value));
  const of = (isMade: boolean) => options(metrics.filter(({ id }) => made.has(id) === isMade).map(({ id }) => ({ metric: id })));
  const groups = [
    { label: t('edit.toObjectives'), options: options((tree.objectives ?? []).filter(({ id }) => id !== home).map(({ id }) => ({ objective: id }))) },
    { label: t('edges.madeOf'), options: of(true) },
    { label: t('edit.toMetrics'), options: of(false) },
  ].filter((group) => group.options.length > 0);
  return (
    <Select<string>
      ref={ref}
      size="small"
      showSearch={{ filterOption: (input, choice) => `${choice?.label}`.toLowerCase().includes(input.toLowerCase()) }}
      value={null}
      placeholder={t('edit.addPart')}
      aria-label={t('edit.addPart')}
      popupMatchSelectWidth={false}
      options={groups}
      onChange={(key) => {
        const chosen = groups.flatMap((group) => group.options).find(({ value }) => value === key);
        if (chosen) onAdd(chosen.part);
      }}
    />
  );
}

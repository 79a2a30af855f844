// A target: from when to when, how much and from where, how its number is read, whose it
// is, and whom it is divided among; with where it stands as it is drawn.
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUnit } from '../../metrics/useUnit';
import type { Reads } from '../model/definition';
import { nodeOf } from '../model/figures';
import type { TargetPatch } from '../model/operation';
import { roundly } from '../model/reading';
import { standingAt } from '../model/standing';
import { sameSpot, targetsIn, type PlacedTarget, type TargetSpot } from '../model/target';
import { useEditing } from '../useEditing';
import { standingOf, useNameOf } from '../useWords';
import { DayField, Field, TextField, useFaults, ValueField } from './fields';
import { PartsFields } from './PartsFields';
import styles from './Edit.module.css';

interface OneTargetProps {
  placed: PlacedTarget;
  /** Its metric is said: it stands among targets of others. */
  isNamed?: boolean;
}

const wholeTree = '';

export function OneTarget({ placed: { spot, target, path }, isNamed = false }: OneTargetProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  const [typed, type] = useState<number>(); // its value while it is typed
  const [clash, clashes] = useState(false);
  const metricFault = useFaults(`${path}.metric`);
  if (!editing) return null;
  const { tree, metrics, answer, perform } = editing;
  const node = answer && nodeOf(answer, target.metric);
  const metric = metrics.find(({ id }) => id === target.metric);
  const unit = node?.unit ?? metric?.unit ?? '';
  const standing = answer && standingAt(answer, spot);
  /** Whether there is room for it there: no two of a home are of the same days. */
  const isFree = (to: TargetSpot) => {
    const free = sameSpot(to, spot) || !targetsIn(tree).some((other) => sameSpot(other.spot, to));
    clashes(!free);
    return free;
  };
  const write = (patch: TargetPatch) => {
    const free = isFree({ ...spot, ...(patch.from && { from: patch.from }), ...(patch.to && { to: patch.to }) });
    if (free) perform({ do: 'editTarget', target: spot, patch });
    return free;
  };
  return (
    <li>
      {isNamed && <p className={styles.itemName}>{nameOf(metric ?? {}, target.metric)}</p>}
      {metricFault.told}
      <div className={styles.pair}>
        <DayField label={t('edit.from')} path={`${path}.from`} day={target.from} onWrite={(from) => write({ from })} />
        <DayField label={t('edit.to')} path={`${path}.to`} day={target.to} onWrite={(to) => write({ to })} />
      </div>
      {clash && (
        <p className={styles.fault} role="alert">
          {t('edit.sameDays')}
        </p>
      )}
      <div className={styles.pair}>
        <ValueField label={t('edit.value')} path={`${path}.value`} unit={unit} value={target.value} onType={type} onWrite={(value) => value !== undefined && write({ value })} />
        <ValueField label={t('edit.basis')} path={`${path}.basis`} unit={unit} value={target.basis} onWrite={(basis) => write({ basis })} />
      </div>
      {standing && <Stands standing={standing} unit={unit} />}
      <Field label={t('edit.reads')} path={`${path}.reads`}>
        {(wiring) => (
          <Select<Reads | 'usual'>
            {...wiring}
            value={target.reads ?? 'usual'}
            aria-label={t('edit.reads')}
            popupMatchSelectWidth={false}
            options={[
              { value: 'usual', label: standing && target.reads === undefined ? t('reads.usualIs', { reads: t(`reads.${standing.reads}`) }) : t('reads.usual') },
              { value: 'total', label: t('reads.total') },
              { value: 'level', label: t('reads.level') },
            ]}
            onChange={(reads) => write({ reads: reads === 'usual' ? undefined : reads })}
          />
        )}
      </Field>
      <Field label={t('edit.whose')} path={undefined}>
        {() => (
          <Select
            value={spot.objective ?? wholeTree}
            aria-label={t('edit.whose')}
            popupMatchSelectWidth={false}
            options={[{ value: wholeTree, label: t('edit.wholeTree') }, ...(tree.objectives ?? []).map((one) => ({ value: one.id, label: nameOf(one, one.id) }))]}
            onChange={(to) => {
              const objective = to === wholeTree ? undefined : to;
              if (isFree({ ...spot, objective })) perform({ do: 'moveTarget', target: spot, objective });
            }}
          />
        )}
      </Field>
      <TextField label={t('edges.reason')} path={`${path}.reason`} text={target.reason} onWrite={(reason) => write({ reason })} />
      <PartsFields spot={spot} target={typed === undefined ? target : { ...target, value: typed }} path={path} unit={unit} terms={node?.terms ?? {}} told={typed === undefined ? (standing?.partsSum ?? null) : null} />
      <Button size="small" onClick={() => perform({ do: 'deleteTarget', target: spot })}>
        {t('edit.removeTarget')}
      </Button>
    </li>
  );
}

/** Where it stands, as far as that is measured. */
function Stands({ standing, unit }: { standing: NonNullable<ReturnType<typeof standingAt>>; unit: string }) {
  const { t } = useTranslation('tree');
  const { show } = useUnit(unit);
  const { current, expected, onTrack, state, value } = standing;
  const is = standingOf(onTrack, state);
  return (
    <p className={styles.stands} data-is={is}>
      {current !== null && expected !== null && `${t('edit.now', { current: show(roundly(current)).text, expected: show(roundly(expected)).text })} · `}
      {t(`target.${is}`, { value: show(value).text })}
    </p>
  );
}

// An objective or a strategy while the tree is drawn: its name, whose it is, where it
// stands, what it has to reach, on which steps it acts and by what one sees whether it works.
import { CloseOutlined } from '@ant-design/icons';
import { Button, Cascader, Input, Select } from 'antd';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../../api/client';
import type { Journey, JourneySummary, Revision } from '../../api/types';
import { Section } from '../../board/drawer/Drawer';
import drawer from '../../board/drawer/Drawer.module.css';
import { useLocale } from '../../format/useFormat';
import { strategyKey } from '../model/arrange';
import type { BoundStep, Objective, Strategy } from '../model/definition';
import { freshId, sameStep, type Operation } from '../model/operation';
import { useEditing } from '../useEditing';
import { useNameOf } from '../useWords';
import { MetricSelect, OwnerField, TextField } from './fields';
import { RoleSelect } from './RoleSelect';
import { ObjectiveTargets } from './TargetFields';
import styles from './Edit.module.css';

export function PartDrawer({ objective, strategy }: { objective: Objective; strategy: Strategy | undefined }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  const part = strategy ?? objective;
  if (!editing) return null;
  return (
    <aside className={`${drawer.drawer} ${styles.drawer}`} aria-label={t('drawer.title', { name: nameOf(part, part.id) })}>
      <div className={drawer.head}>
        <div>
          <h2>{nameOf(part, part.id)}</h2>
          <p className={drawer.sub}>{t(strategy ? 'role.strategy' : 'role.objective')}</p>
        </div>
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('drawer.close')} onClick={() => editing.select(undefined)} />
      </div>
      {strategy ? <StrategyFields strategy={strategy} home={objective} /> : <ObjectiveFields objective={objective} />}
    </aside>
  );
}

function ObjectiveFields({ objective }: { objective: Objective }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const locale = useLocale();
  const [name, setName] = useState('');
  if (!editing) return null;
  const { tree, perform, select } = editing;
  const at = tree.objectives?.findIndex(({ id }) => id === objective.id) ?? 0;
  const edit = (patch: Extract<Operation, { do: 'editObjective' }>['patch']) => perform({ do: 'editObjective', objective: objective.id, patch });
  const add = () => {
    const id = freshId(tree, 'strategy', name);
    perform({ do: 'addStrategy', objective: objective.id, strategy: { id, name: { [locale]: name.trim() } } });
    setName('');
    select(strategyKey(objective.id, id));
  };
  return (
    <>
      <div className={drawer.fields}>
        <TextField label={t('edit.name')} text={objective.name} onWrite={(text) => edit({ name: text })} />
        <OwnerField owner={objective.owner} onWrite={(owner) => edit({ owner })} />
      </div>
      <Section title={t('edit.strategies')}>
        <form
          className={styles.adding}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') add();
          }}
        >
          <Input value={name} placeholder={t('edit.strategyName')} aria-label={t('edit.strategyName')} onChange={({ target }) => setName(target.value)} />
          <Button htmlType="submit" disabled={name.trim() === ''}>
            {t('edit.addStrategy')}
          </Button>
        </form>
      </Section>
      <ObjectiveTargets objective={objective.id} />
      <p className={styles.end}>
        <Moves at={at} of={tree.objectives?.length ?? 0} onMove={(to) => perform({ do: 'moveObjective', objective: objective.id, to })} />
        <Button
          size="small"
          danger
          onClick={() => {
            perform({ do: 'deleteObjective', objective: objective.id });
            select(undefined);
          }}
        >
          {t('edit.deleteObjective')}
        </Button>
      </p>
    </>
  );
}

function StrategyFields({ strategy, home }: { strategy: Strategy; home: Objective }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  if (!editing) return null;
  const { tree, metrics, perform, select } = editing;
  const edit = (patch: Extract<Operation, { do: 'editStrategy' }>['patch']) => perform({ do: 'editStrategy', strategy: strategy.id, patch });
  const siblings = home.strategies ?? [];
  const measures = strategy.measures ?? [];
  const metricName = (id: string) => nameOf(metrics.find((one) => one.id === id) ?? {}, id);
  return (
    <>
      <div className={drawer.fields}>
        <TextField label={t('edit.name')} text={strategy.name} onWrite={(name) => edit({ name })} />
        <OwnerField owner={strategy.owner} onWrite={(owner) => edit({ owner })} />
        <label>
          {t('role.objective')}
          <Select
            value={home.id}
            aria-label={t('role.objective')}
            options={(tree.objectives ?? []).map((one) => ({ value: one.id, label: nameOf(one, one.id) }))}
            onChange={(objective) => {
              perform({ do: 'moveStrategy', strategy: strategy.id, objective, to: tree.objectives?.find(({ id }) => id === objective)?.strategies?.length ?? 0 });
              select(strategyKey(objective, strategy.id));
            }}
          />
        </label>
      </div>
      <Section title={t('edit.steps')}>
        <Steps steps={strategy.steps ?? []} onWrite={(steps) => edit({ steps: steps.length > 0 ? steps : undefined })} />
      </Section>
      <Section title={t('edit.measuredBy')}>
        <ul className={styles.rows}>
          {measures.map(({ metric }) => (
            <li key={metric}>
              <span>{metricName(metric)}</span>
              <RoleSelect strategy={strategy.id} metric={metric} label={t('edit.roleOf', { name: metricName(metric) })} />
              <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('edit.unmeasure', { metric: metricName(metric) })} onClick={() => perform({ do: 'measure', strategy: strategy.id, metric, isIn: false })} />
            </li>
          ))}
        </ul>
        <MetricSelect label={t('edit.addMeasure')} except={measures.map(({ metric }) => metric)} onChoose={(metric) => perform({ do: 'measure', strategy: strategy.id, metric, isIn: true })} />
      </Section>
      <p className={styles.end}>
        <Moves at={siblings.findIndex(({ id }) => id === strategy.id)} of={siblings.length} onMove={(to) => perform({ do: 'moveStrategy', strategy: strategy.id, objective: home.id, to })} />
        <Button
          size="small"
          danger
          onClick={() => {
            perform({ do: 'deleteStrategy', strategy: strategy.id });
            select(undefined);
          }}
        >
          {t('edit.deleteStrategy')}
        </Button>
      </p>
    </>
  );
}

function Moves({ at, of, onMove }: { at: number; of: number; onMove: (to: number) => void }) {
  const { t } = useTranslation('tree');
  return (
    <>
      <Button size="small" disabled={at <= 0} onClick={() => onMove(at - 1)}>
        {t('edit.earlier')}
      </Button>
      <Button size="small" disabled={at >= of - 1} onClick={() => onMove(at + 1)}>
        {t('edit.later')}
      </Button>
    </>
  );
}

/** The stages and steps that a strategy acts on, chosen from the journeys there are. */
function Steps({ steps, onWrite }: { steps: BoundStep[]; onWrite: (steps: BoundStep[]) => void }) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const journeys = useJourneys();
  const words = ({ journey, stage, step }: BoundStep): string => {
    const [own, on] = [journeys.find(({ id }) => id === journey), journeys.find(({ id }) => id === journey)?.stages.find(({ id }) => id === stage)];
    const last = step === undefined ? undefined : on?.steps.find(({ id }) => id === step);
    return [nameOf(own ?? {}, journey), nameOf(on ?? {}, stage), ...(step === undefined ? [] : [nameOf(last ?? {}, step)])].join(' › ');
  };
  return (
    <>
      <ul className={styles.rows}>
        {steps.map((step) => (
          <li key={words(step)}>
            {words(step)}
            <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('edit.unbind', { step: words(step) })} onClick={() => onWrite(steps.filter((one) => !sameStep(one, step)))} />
          </li>
        ))}
      </ul>
      <Cascader
        changeOnSelect
        value={[]}
        placeholder={t('edit.bind')}
        aria-label={t('edit.bind')}
        options={journeys.map((journey) => ({
          value: journey.id,
          label: nameOf(journey, journey.id),
          children: journey.stages.map((stage) => ({
            value: stage.id,
            label: nameOf(stage, stage.id),
            children: stage.steps.map((step) => ({ value: step.id, label: nameOf(step, step.id) })),
          })),
        }))}
        onChange={([journey, stage, step]: (string | undefined)[]) => {
          if (journey === undefined || stage === undefined) return;
          const bound = { journey, stage, ...(step !== undefined && { step }) };
          if (!steps.some((one) => sameStep(one, bound))) onWrite([...steps, bound]);
        }}
      />
    </>
  );
}

function useJourneys(): Journey[] {
  const { data } = useQuery({ queryKey: ['journeys'], queryFn: ({ signal }) => api.get<{ items: JourneySummary[] }>('/journeys', undefined, signal) });
  return useQueries({
    queries: (data?.items ?? []).map(({ id }) => ({
      queryKey: ['definitions', 'Journey', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Revision<Journey>>(`/definitions${pathOf('Journey', id)}`, undefined, signal),
    })),
    combine: (results) => results.flatMap((result) => (result.data ? [result.data.body] : [])),
  });
}

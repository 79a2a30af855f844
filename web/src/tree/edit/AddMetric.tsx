// Hangs a metric in the tree that is not in it yet, as what one says it is.
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import drawer from '../../board/drawer/Drawer.module.css';
import type { Operation } from '../model/operation';
import { useEditing } from '../useEditing';
import { useNameOf } from '../useWords';
import { MetricSelect } from './fields';

interface AddMetricProps {
  /** The metrics that stand in it already. */
  inTree: string[];
  onDone: () => void;
}

/** strategy: and the id of one, or a role. */
type As = `strategy:${string}` | 'input' | 'guardrail' | 'counter' | 'outcome' | 'spend';

const roles = ['input', 'guardrail', 'counter', 'outcome', 'spend'] as const;
const lists = { input: 'constellation', counter: 'counters', outcome: 'outcomes', spend: 'spend' } as const;

export function AddMetric({ inTree, onDone }: AddMetricProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  const [metric, choose] = useState<string>();
  const [as, chooseAs] = useState<As>();
  if (!editing) return null;
  const strategies = (editing.tree.objectives ?? []).flatMap((objective) => objective.strategies ?? []);
  return (
    <form
      className={drawer.fields}
      onSubmit={(event) => {
        event.preventDefault();
        if (metric === undefined || as === undefined) return;
        editing.perform(hanging(metric, as));
        editing.select(metric);
        onDone();
      }}
    >
      <MetricSelect label={t('table.name')} except={inTree} value={metric} onChoose={choose} />
      <Select<As>
        value={as}
        placeholder={t('edit.as')}
        aria-label={t('edit.as')}
        options={[
          { label: t('edit.measures'), options: strategies.map((strategy) => ({ value: `strategy:${strategy.id}` as const, label: nameOf(strategy, strategy.id) })) },
          { label: t('edit.place'), options: roles.map((value) => ({ value, label: t(`role.${value}`) })) },
        ]}
        onChange={chooseAs}
      />
      <Button type="primary" htmlType="submit" disabled={metric === undefined || as === undefined}>
        {t('edit.add')}
      </Button>
    </form>
  );
}

function hanging(metric: string, as: As): Operation {
  if (as === 'guardrail') return { do: 'guard', guardrail: { metric, tier: 2 } };
  if (as in lists) return { do: 'list', metric, list: lists[as as keyof typeof lists], isIn: true };
  return { do: 'measure', strategy: as.slice('strategy:'.length), metric, isIn: true };
}

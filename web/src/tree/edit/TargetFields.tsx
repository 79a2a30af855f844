// The targets of a metric, wherever they stand, and those of an objective, of whatever
// metric: both lists are of the same fields.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { Section } from '../../board/drawer/Drawer';
import { addDays } from '../../board/model/period';
import type { Target, TreeDefinition } from '../model/definition';
import { nodeOf } from '../model/figures';
import { targetsIn } from '../model/target';
import { useEditing } from '../useEditing';
import { MetricSelect } from './fields';
import { OneTarget } from './OneTarget';
import styles from './Edit.module.css';

/** How long a target runs that one has only begun to write. */
const usualDays = 90;

export function TargetFields({ node }: { node: TreeNode }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const [today] = useState(thisDay);
  if (!editing) return null;
  const { tree, perform } = editing;
  const targets = targetsIn(tree).filter(({ spot }) => spot.metric === node.metric);
  return (
    <Section title={t('edit.targets')}>
      <ul className={styles.items}>
        {targets.map((placed) => (
          <OneTarget key={placed.path} placed={placed} />
        ))}
      </ul>
      <Button size="small" type="dashed" onClick={() => perform({ do: 'addTarget', target: begun(tree, node.metric, node.value?.value ?? 0, today) })}>
        {t('edit.addTarget')}
      </Button>
    </Section>
  );
}

export function ObjectiveTargets({ objective }: { objective: string }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const [today] = useState(thisDay);
  if (!editing) return null;
  const { tree, answer, perform } = editing;
  const targets = targetsIn(tree).filter(({ spot }) => spot.objective === objective);
  return (
    <Section title={t('edit.targets')}>
      <ul className={styles.items}>
        {targets.map((placed) => (
          <OneTarget key={placed.path} placed={placed} isNamed />
        ))}
      </ul>
      <div className={styles.adding}>
        <MetricSelect
          label={t('edit.addTargetOf')}
          except={[]}
          onChoose={(metric) => perform({ do: 'addTarget', objective, target: begun(tree, metric, (answer && nodeOf(answer, metric)?.value?.value) ?? 0, today) })}
        />
      </div>
    </Section>
  );
}

/** A target that follows on those that the metric has. */
function begun(tree: TreeDefinition, metric: string, value: number, today: string): Target {
  const last = targetsIn(tree).filter(({ spot }) => spot.metric === metric).map(({ target }) => target.to).toSorted().at(-1);
  const from = last === undefined ? today : addDays(last, 1);
  return { metric, from, to: addDays(from, usualDays), value };
}

function thisDay(): string {
  return new Date().toISOString().slice(0, 10);
}

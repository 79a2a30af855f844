// What a metric is in the tree, as far as one may change it: where it hangs, what it
// must not pass, where it should be and when, what it moves, and whether it rules.
import { Button, Checkbox, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { Section } from '../../board/drawer/Drawer';
import drawer from '../../board/drawer/Drawer.module.css';
import { takeOut, type List, type Operation } from '../model/operation';
import { useEditing } from '../useEditing';
import { useNameOf } from '../useWords';
import { ValueField } from './fields';
import { InfluenceFields } from './InfluenceFields';
import { RoleSelect } from './RoleSelect';
import { StarFields } from './StarFields';
import { TargetFields } from './TargetFields';
import styles from './Edit.module.css';

const lists: { list: List; role: string }[] = [
  { list: 'constellation', role: 'input' },
  { list: 'counters', role: 'counter' },
  { list: 'outcomes', role: 'outcome' },
  { list: 'spend', role: 'spend' },
];

export function NodeFields({ node }: { node: TreeNode }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const nameOf = useNameOf();
  if (!editing) return null;
  const { tree, perform, select } = editing;
  const { metric } = node;
  const guardrail = tree.guardrails?.find((one) => one.metric === metric);
  const strategies = (tree.objectives ?? []).flatMap((objective) => (objective.strategies ?? []).map((strategy) => ({ objective, strategy })));
  const measuring = strategies.filter(({ strategy }) => strategy.measures?.some((one) => one.metric === metric)).map(({ strategy }) => strategy.id);
  const rules = tree.stars.some((star) => star.metric === metric);
  const out = takeOut(tree, metric);
  return (
    <>
      <Section title={t('edit.place')}>
        <div className={drawer.fields}>
          <div className={styles.checks}>
            {lists.map(({ list, role }) => (
              <Checkbox key={list} checked={tree[list]?.includes(metric) ?? false} onChange={({ target }) => perform({ do: 'list', metric, list, isIn: target.checked })}>
                {t(`role.${role}`)}
              </Checkbox>
            ))}
            <Checkbox checked={guardrail !== undefined} onChange={({ target }) => perform(target.checked ? { do: 'guard', guardrail: { metric, tier: 2 } } : { do: 'unguard', metric })}>
              {t('role.guardrail')}
            </Checkbox>
          </div>
          {guardrail && (
            <div className={styles.pair}>
              <label>
                {t('edit.tier')}
                <Select
                  value={guardrail.tier}
                  aria-label={t('edit.tier')}
                  options={[1, 2, 3].map((tier) => ({ value: tier, label: t(`guardrail.tier.${tier}`) }))}
                  onChange={(tier) => perform({ do: 'guard', guardrail: { ...guardrail, tier } })}
                />
              </label>
              <ValueField label={t('edit.limit')} unit={node.unit} value={guardrail.limit} onWrite={(limit) => perform({ do: 'guard', guardrail: { metric, tier: guardrail.tier, ...(limit !== undefined && { limit }) } })} />
            </div>
          )}
          <label>
            {t('edit.measures')}
            <Select
              mode="multiple"
              value={measuring}
              aria-label={t('edit.measures')}
              options={strategies.map(({ strategy }) => ({ value: strategy.id, label: nameOf(strategy, strategy.id) }))}
              onChange={(next: string[]) => perform(...strategies.map(({ strategy }): Operation => ({ do: 'measure', strategy: strategy.id, metric, isIn: next.includes(strategy.id) })))}
            />
          </label>
          {strategies.some(({ strategy }) => measuring.includes(strategy.id)) && (
            <ul className={styles.rows}>
              {strategies.map(
                ({ strategy }) =>
                  measuring.includes(strategy.id) && (
                    <li key={strategy.id}>
                      <span>{nameOf(strategy, strategy.id)}</span>
                      <RoleSelect strategy={strategy.id} metric={metric} label={t('edit.roleIn', { name: nameOf(strategy, strategy.id) })} />
                    </li>
                  ),
              )}
            </ul>
          )}
        </div>
      </Section>
      <TargetFields node={node} />
      <InfluenceFields metric={metric} />
      <StarFields metric={metric} />
      <p className={styles.end}>
        {tree.layout?.[metric] && (
          <Button size="small" onClick={() => perform({ do: 'place', metric, at: null })}>
            {t('edit.unplace')}
          </Button>
        )}
        {out.length > 0 && !rules && (
          <Button
            size="small"
            danger
            onClick={() => {
              perform(...out);
              select(undefined);
            }}
          >
            {t('edit.takeOut')}
          </Button>
        )}
      </p>
    </>
  );
}

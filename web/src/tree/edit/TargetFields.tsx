// Targets of a metric: from when to when, how much, and where it started from.
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeNode } from '../../api/tree';
import { Section } from '../../board/drawer/Drawer';
import { addDays, isDay } from '../../board/model/period';
import type { Target } from '../model/definition';
import { written } from '../model/operation';
import { useEditing } from '../useEditing';
import { TextField, ValueField } from './fields';
import styles from './Edit.module.css';

/** How long a target runs that one has only begun to write. */
const usualDays = 90;

export function TargetFields({ node }: { node: TreeNode }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  if (!editing) return null;
  const { tree, perform } = editing;
  const targets = (tree.targets ?? []).filter(({ metric }) => metric === node.metric);
  const last = targets.at(-1);
  const from = last ? addDays(last.to, 1) : today;
  const begun: Target = { metric: node.metric, from, to: addDays(from, usualDays), value: node.value?.value ?? 0 };
  return (
    <Section title={t('edit.targets')}>
      <ul className={styles.items}>
        {targets.map((target) => {
          const write = (change: Partial<Target>) => perform({ do: 'target', target: written(target, change), was: target.from });
          return (
            <li key={target.from}>
              <div className={styles.pair}>
                <DayField label={t('edit.from')} day={target.from} onWrite={(day) => write({ from: day })} />
                <DayField label={t('edit.to')} day={target.to} onWrite={(day) => write({ to: day })} />
              </div>
              <div className={styles.pair}>
                <ValueField label={t('edit.value')} unit={node.unit} value={target.value} onWrite={(value) => value !== undefined && write({ value })} />
                <ValueField label={t('edit.basis')} unit={node.unit} value={target.basis} onWrite={(basis) => write({ basis })} />
              </div>
              <TextField label={t('edges.reason')} text={target.reason} onWrite={(reason) => write({ reason })} />
              <Button size="small" onClick={() => perform({ do: 'untarget', metric: node.metric, from: target.from })}>
                {t('edit.removeTarget')}
              </Button>
            </li>
          );
        })}
      </ul>
      <Button size="small" type="dashed" onClick={() => perform({ do: 'target', target: begun })}>
        {t('edit.addTarget')}
      </Button>
    </Section>
  );
}

export function DayField({ label, day, onWrite }: { label: string; day: string | undefined; onWrite: (day: string) => void }) {
  return (
    <label>
      {label}
      <Input type="date" key={day} defaultValue={day} aria-label={label} onBlur={({ target }) => isDay(target.value) && target.value !== day && onWrite(target.value)} />
    </label>
  );
}

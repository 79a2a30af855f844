// What can be added to a tree, and what it says of all its metrics at once, above its canvas.
import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeQuestion } from '../../api/tree';
import { useSpanName } from '../../board/filter/WindowChoice';
import { useEditing } from '../useEditing';
import { AddMetric } from './AddMetric';
import { AddObjective } from './AddObjective';
import { useFaults } from './fields';
import { ValueDialog } from './ValueDialog';
import styles from './Edit.module.css';

interface ToolbarProps {
  /** The metrics that stand in it already. */
  inTree: string[];
  /** What the tree is asked about besides itself. */
  filters: Omit<TreeQuestion, 'tree' | 'treeId' | 'version'>;
}

export function Toolbar({ inTree, filters }: ToolbarProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const spanName = useSpanName();
  const [isOpen, open] = useState<'metric' | 'objective' | 'value' | null>(null);
  const { wiring, told } = useFaults('value', true);
  if (!editing) return null;
  const { value } = editing.tree;
  const close = () => open(null);
  const popover = (kind: 'metric' | 'objective') => ({ open: isOpen === kind, onOpenChange: (opened: boolean) => open(opened ? kind : null), trigger: 'click' as const, placement: 'bottomLeft' as const, destroyOnHidden: true });
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={t('edit.title')}>
      <Popover {...popover('metric')} content={<div className={styles.form}><AddMetric inTree={inTree} onDone={close} /></div>}>
        <Button>{t('edit.addMetric')}</Button>
      </Popover>
      <Popover {...popover('objective')} content={<div className={styles.form}><AddObjective onDone={close} /></div>}>
        <Button>{t('edit.addObjective')}</Button>
      </Popover>
      <Button danger={wiring.status === 'error'} aria-describedby={wiring['aria-describedby']} onClick={() => open('value')}>
        {value ? t('value.is', { event: value.event ?? '', within: spanName(value.within) }) : t('value.add')}
      </Button>
      {told}
      {isOpen === 'value' && <ValueDialog filters={filters} onClose={close} />}
      <span className={styles.hint}>{t('edit.hint')}</span>
    </div>
  );
}

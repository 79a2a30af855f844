// What can be added to a tree, above its canvas.
import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../useEditing';
import { AddMetric } from './AddMetric';
import { AddObjective } from './AddObjective';
import styles from './Edit.module.css';

/** inTree: the metrics that stand in it already. */
export function Toolbar({ inTree }: { inTree: string[] }) {
  const { t } = useTranslation('tree');
  const [isOpen, open] = useState<'metric' | 'objective' | null>(null);
  if (!useEditing()) return null;
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
      <span className={styles.hint}>{t('edit.hint')}</span>
    </div>
  );
}

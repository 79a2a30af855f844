// Finds a metric of the tree by its name, its id or whose it is, and goes there.
import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../api/tree';
import find from '../board/FindDialog.module.css';
import { useReturnFocus } from '../ui/useReturnFocus';
import { useList, useNameOf } from './useWords';

interface FindMetricProps {
  answer: TreeAnswer;
  onGo: (metric: string) => void;
  onClose: () => void;
}

export function FindMetric({ answer, onGo, onClose }: FindMetricProps) {
  const { t } = useTranslation('tree');
  useReturnFocus();
  const nameOf = useNameOf();
  const list = useList();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const wanted = search.trim().toLowerCase();
  const found = answer.nodes.filter((node) => `${nameOf(node, node.metric)} ${node.metric} ${node.owner.join(' ')}`.toLowerCase().includes(wanted));
  const goTo = (metric: string | undefined) => {
    if (metric === undefined) return;
    onClose();
    onGo(metric);
  };
  return (
    <Modal open footer={null} title={t('find.title')} onCancel={onClose} width={480}>
      <Input
        autoFocus
        allowClear
        value={search}
        aria-label={t('find.placeholder')}
        placeholder={t('find.placeholder')}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setActive(Math.min(found.length - 1, active + 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
          else if (event.key === 'Enter') goTo(found[active]?.metric);
          else return;
          event.preventDefault();
        }}
      />
      <ul className={find.found}>
        {found.map((node, i) => (
          <li key={node.metric} data-active={i === active}>
            <button type="button" onClick={() => goTo(node.metric)}>
              {nameOf(node, node.metric)} <small>{[node.metric, list(node.owner)].filter(Boolean).join(' · ')}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{t('find.nothing')}</p>}
    </Modal>
  );
}

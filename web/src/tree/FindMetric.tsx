// Finds a metric of the tree by its name, its id or whose it is, and goes there.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../api/tree';
import { FindDialog } from '../ui/FindDialog';
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
  const metrics = answer.nodes.map((node) => {
    const { metric, owner } = node;
    // Ids and owners are shown with marks between them, which nobody writes.
    return { key: metric, name: nameOf(node, metric), detail: [metric, list(owner)].filter(Boolean).join(' · '), also: [metric, ...owner].join(' ') };
  });
  return <FindDialog items={metrics} title={t('find.title')} placeholder={t('find.placeholder')} nothing={t('find.nothing')} onGo={({ key }) => onGo(key)} onClose={onClose} />;
}

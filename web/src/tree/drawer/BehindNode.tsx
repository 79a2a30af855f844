// The customers behind a node's last settled value. The tree counted them by the same
// walk; who they are is asked when somebody wants to know.
import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import type { MetricAnswer, MetricRequest } from '../../api/metric';
import { BehindDialog } from '../../metrics/BehindDialog';
import { ErrorState, RowsSkeleton } from '../../ui/States';
import type { Address } from '../model/address';

interface BehindNodeProps {
  node: TreeNode;
  answer: TreeAnswer;
  address: Address;
  onClose: () => void;
}

export function BehindNode({ node, answer, address, onClose }: BehindNodeProps) {
  const { t } = useTranslation('tree');
  const question = questionOf(node, answer, address);
  const { data, error, refetch } = useQuery({
    queryKey: ['measure', 'metric', question],
    queryFn: ({ signal }) => api.post<MetricAnswer>('/measure', question, { signal }),
  });
  const at = data?.periods.findIndex(({ from }) => from === node.value?.from) ?? -1;
  if (data && at >= 0) return <BehindDialog question={question} answer={data} at={at} onClose={onClose} />;
  return (
    <Modal open footer={null} title={t('drawer.behind')} onCancel={onClose}>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : data ? <p>{t('drawer.noPeriod')}</p> : <RowsSkeleton rows={4} />}
    </Modal>
  );
}

/** The question that gave the node its value: its version, of the same instant, grain and segment. */
export function questionOf(node: TreeNode, answer: TreeAnswer, { segment }: Address): MetricRequest {
  return {
    metricId: node.metric,
    ...(node.definition?.version != null && { version: node.definition.version }),
    grain: answer.grain as NonNullable<MetricRequest['grain']>,
    asOf: answer.asOf,
    timezone: answer.timezone,
    ...(segment && { segment }),
  };
}

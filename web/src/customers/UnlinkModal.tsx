// A link that should not be: see who would stand apart again, say why.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { IdentityLink, MergePreview } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonModal } from '../ui/ReasonModal';
import { RowsSkeleton } from '../ui/States';
import { Preview } from './Preview';
import styles from './Customers.module.css';

export function UnlinkModal({ link, onClose }: { link: IdentityLink; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const { message } = App.useApp();
  const preview = useQuery({
    queryKey: ['preview', 'unlink', link.messageId], // not of an area that news refreshes: what is shown is what is decided on
    gcTime: 0,
    queryFn: () => api.post<MergePreview>('/identity/unlink', { messageId: link.messageId, preview: true, reason: '' }),
  });

  const unlink = async (reason: string) => {
    await api.post('/identity/unlink', { messageId: link.messageId, reason });
    void message.success(t('unlink.done'));
    await client.invalidateQueries({ predicate: (query) => ['customers', 'timeline', 'measure', 'journeys'].includes(String(query.queryKey[0])) });
  };

  return (
    <ReasonModal title={t('unlink.title')} okText={t('unlink.do')} ready={preview.data !== undefined} width={640} danger onOk={unlink} onClose={onClose}>
      <p className={styles.small}>{t('unlink.means', { from: link.from, to: link.to })}</p>
      <ProblemNote error={preview.error} />
      {preview.data ? <Preview preview={preview.data} /> : preview.isPending && <RowsSkeleton rows={1} />}
    </ReasonModal>
  );
}

// What is done to a definition, each with its reason: approve, approve again, restore, delete.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import { ReasonModal } from '../ui/ReasonModal';

export type Deciding =
  | { what: 'approve' | 'approveAgain' | 'delete'; revision: Revision }
  | { what: 'restore'; revision: Revision; /** The version that stands now. */ over: number };

export function Decision({ deciding, onClose }: { deciding: Deciding; onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const client = useQueryClient();
  const { message } = App.useApp();
  const { what, revision } = deciding;

  const decide = async (reason: string) => {
    await send(deciding, reason);
    // The old comparison may no longer be the one of interest; all of the ledger is read again.
    await Promise.all([
      client.invalidateQueries({ queryKey: ['definitions'] }),
      client.invalidateQueries({ queryKey: ['journeys'] }),
      client.invalidateQueries({ queryKey: ['measure'] }),
    ]);
    void message.success(t(`${what}.done`));
  };

  return (
    <ReasonModal
      title={t(`${what}.title`, { version: revision.version })}
      okText={t(`${what}.do`)}
      danger={what === 'delete'}
      onOk={decide}
      onClose={onClose}
    >
      <p>{t(`${what}.means`)}</p>
    </ReasonModal>
  );
}

function send(deciding: Deciding, reason: string): Promise<unknown> {
  const { revision } = deciding;
  const path = `/definitions${pathOf(revision.kind, revision.id)}`;
  switch (deciding.what) {
    case 'approve':
    case 'approveAgain':
      return api.post(`${path}/approve`, { version: revision.version, reason });
    case 'delete':
      return api.delete(path, { reason }, { ifMatch: revision.version });
    case 'restore':
      return api.post(`${path}/restore`, { version: revision.version, reason }, { ifMatch: deciding.over });
  }
}

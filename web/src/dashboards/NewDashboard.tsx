// A new dashboard: its name. Tiles are put on it afterwards.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { currentQuery } from '../ledger/queries';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';
import { freeId } from './freeId';
import { writeDashboard } from './queries';
import styles from './Dashboards.module.css';

export function NewDashboard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('dashboards');
  useReturnFocus();
  const [name, setName] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery(currentQuery(false));
  const { data: gone } = useQuery(currentQuery(true));
  const taken = [...(data?.items ?? []), ...(gone?.items ?? [])].filter(({ kind }) => kind === 'Dashboard').map(({ id }) => id);
  const create = useMutation({
    mutationFn: () => writeDashboard({ kind: 'Dashboard', id: freeId(name, taken), name: name.trim(), tiles: [] }, t('new.reason', { name: name.trim() }), 0),
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: ['definitions'] });
      onClose();
      await navigate({ to: '/dashboards/$id', params: { id }, search: { edit: '1' } });
    },
  });
  return (
    <Modal open title={t('new.title')} okText={t('new.do')} okButtonProps={{ disabled: name.trim() === '' || !data || !gone, loading: create.isPending }} onOk={() => create.mutate()} onCancel={onClose}>
      <div className={styles.form}>
        <label>
          {t('new.name')}
          <Input autoFocus maxLength={120} value={name} placeholder={t('new.placeholder')} onChange={(event) => setName(event.target.value)} onPressEnter={() => name.trim() !== '' && data && gone && create.mutate()} />
        </label>
        <p className={styles.hint}>{t('new.hint')}</p>
        {create.error && <ProblemNote error={create.error} />}
      </div>
    </Modal>
  );
}

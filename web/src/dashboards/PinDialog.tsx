// Puts what one looks at on a dashboard: one that is there, or a new one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';
import { added, type Contents } from './model';
import { dashboardQuery, dashboardsQuery, writeDashboard } from './queries';
import styles from './Dashboards.module.css';

export default function PinDialog({ contents, name, onClose }: { contents: Contents; name: string; onClose: () => void }) {
  const { t } = useTranslation('dashboards');
  useReturnFocus();
  const locale = useLocale();
  const client = useQueryClient();
  const { message } = App.useApp();
  const { data } = useQuery(dashboardsQuery);
  const [chosen, choose] = useState<string>();
  const id = chosen ?? data?.items[0]?.id;
  const pin = useMutation({
    mutationFn: async (onto: string) => {
      // What stands now, not what was listed: somebody may have arranged it since.
      const stored = await client.fetchQuery({ ...dashboardQuery(onto), staleTime: 0 });
      return writeDashboard(added(stored.body, contents), t('reason.added', { name }), stored.version);
    },
    onSuccess: ({ body }) => {
      void client.invalidateQueries({ queryKey: ['definitions'] });
      void message.success(t('pin.done', { name, dashboard: pick(body.name, locale).text || body.id }));
      onClose();
    },
  });
  const none = data?.items.length === 0;
  return (
    <Modal open title={t('pin.title', { name })} okText={t('pin.do')} okButtonProps={{ disabled: id === undefined, loading: pin.isPending }} onOk={() => id !== undefined && pin.mutate(id)} onCancel={onClose}>
      <div className={styles.form}>
        {none ? (
          <p className={styles.hint}>{t('pin.none')}</p>
        ) : (
          <label>
            {t('pin.which')}
            <Select
              aria-label={t('pin.which')}
              loading={!data}
              value={id}
              options={(data?.items ?? []).map((one) => ({ value: one.id, label: `${pick(one.name, locale).text || one.id} · ${t(one.shared ? 'isShared' : 'isOwn')}` }))}
              onChange={choose}
            />
          </label>
        )}
        {pin.error && <ProblemNote error={pin.error} />}
      </div>
    </Modal>
  );
}

import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { same } from '../drawing/same';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { withText } from '../retention/model';
import { useReturnFocus } from '../ui/useReturnFocus';
import type { Dashboard } from './model';
import styles from './Dashboards.module.css';

/** Name and description, in the reader's language. */
export function NameDialog({ dashboard, onDone, onClose }: { dashboard: Dashboard; onDone: (texts: Pick<Dashboard, 'name' | 'description'>) => void; onClose: () => void }) {
  const { t } = useTranslation('dashboards');
  useReturnFocus();
  const locale = useLocale();
  const [name, setName] = useState(pick(dashboard.name, locale).text);
  const [description, setDescription] = useState(pick(dashboard.description, locale).text);
  const take = () => {
    const [named, described] = [withText(dashboard.name, locale, name.trim()), withText(dashboard.description, locale, description.trim())];
    onDone({ ...(!same(named, dashboard.name) && { name: named }), ...(!same(described, dashboard.description) && { description: described }) });
  };
  return (
    <Modal open title={t('header.name')} okText={t('tile.take')} okButtonProps={{ disabled: name.trim() === '' }} onOk={take} onCancel={onClose}>
      <div className={styles.form}>
        <label>
          {t('new.name')}
          <Input autoFocus maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          {t('description')}
          <Input.TextArea rows={2} maxLength={500} value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
      </div>
    </Modal>
  );
}

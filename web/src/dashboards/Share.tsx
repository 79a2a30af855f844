import { useRouter } from '@tanstack/react-router';
import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useScope } from '../board/filter/useScope';
import { searchOfScope } from '../board/model/scope';
import { CopyButton } from '../ui/CopyButton';
import type { Dashboard } from './model';
import styles from './Dashboards.module.css';

/** Who sees the dashboard, its link, and the way to share it or to take that back. */
export function Share({ dashboard, onShare }: { dashboard: Dashboard; onShare?: () => void }) {
  const { t } = useTranslation('dashboards');
  const [open, setOpen] = useState(false);
  const scope = useScope();
  const { href } = useRouter().buildLocation({ to: '/dashboards/$id', params: { id: dashboard.id }, search: searchOfScope(scope) });
  const link = window.location.origin + href;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      content={
        <div className={styles.share}>
          <p>{t(dashboard.shared ? 'share.isShared' : 'share.isOwn')}</p>
          <CopyButton text={link} label={t('share.copy')} />
          {onShare && (
            <Button
              size="small"
              onClick={() => {
                setOpen(false);
                onShare();
              }}
            >
              {t(dashboard.shared ? 'share.unshare' : 'share.share')}
            </Button>
          )}
        </div>
      }
    >
      <Button aria-expanded={open}>{t('share.open')}</Button>
    </Popover>
  );
}

// The ids a person is known by, and the message behind each link; a link can be
// taken back.
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Customer, IdentityLink } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { UnlinkModal } from './UnlinkModal';
import styles from './Customers.module.css';

interface IdsProps {
  ids: Customer['ids'];
  self: string;
  mayEdit: boolean;
}

export function Ids({ ids, self, mayEdit }: IdsProps) {
  const { t } = useTranslation('customers');
  const [unlinking, setUnlinking] = useState<IdentityLink | null>(null);
  return (
    <Card title={t('ids.title')} extra={t('ids.count', { count: ids.length })}>
      <ul className={styles.ids}>
        {ids.map((known) => (
          <li key={`${known.anonymous} ${known.id}`}>
            <p>
              <code className={styles.id}>{known.id}</code> {known.anonymous && <Tag>{t('ids.anonymous')}</Tag>}
              {known.id === self && <Tag>{t('ids.self')}</Tag>}
            </p>
            {known.links.length === 0 && <p className={styles.small}>{t('ids.seen')}</p>}
            {known.links.map((link) => (
              <Link key={`${link.messageId} ${link.from} ${link.to}`} link={link} onUnlink={mayEdit && !link.undone ? setUnlinking : undefined} />
            ))}
          </li>
        ))}
      </ul>
      {unlinking && <UnlinkModal link={unlinking} onClose={() => setUnlinking(null)} />}
    </Card>
  );
}

function Link({ link, onUnlink }: { link: IdentityLink; onUnlink?: (link: IdentityLink) => void }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const words = t(`ids.how.${link.how}`, { from: link.from, to: link.to });
  return (
    <p className={styles.link} title={`messageId ${link.messageId}`}>
      <span>
        {link.undone ? <s>{words}</s> : words} · {link.source} · {format.dateTime(link.at)}
        {link.undone && <b> · {t('ids.undone')}</b>}
      </span>
      {onUnlink && (
        <Button type="link" size="small" aria-label={`${t('unlink.open')}: ${words}`} onClick={() => onUnlink(link)}>
          {t('unlink.open')}
        </Button>
      )}
    </p>
  );
}

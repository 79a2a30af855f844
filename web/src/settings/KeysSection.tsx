import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Key } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { ProblemNote } from '../ui/ProblemNote';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { NewKeyModal } from './NewKeyModal';
import { keysQuery } from './queries';
import styles from './Settings.module.css';

export function KeysSection() {
  const { t } = useTranslation('settings');
  const mayEdit = useMay('admin');
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery(keysQuery);

  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <RowsSkeleton rows={3} />;
  const living = data.items.filter((key) => !key.revokedAt);
  const make = mayEdit && (
    <Button type="primary" onClick={() => setMaking(true)}>
      {t('keys.new.open')}
    </Button>
  );
  return (
    <>
      {data.items.length === 0 ? (
        <EmptyState title={t('keys.empty.title')} action={make}>
          {t('keys.empty.hint')}
        </EmptyState>
      ) : (
        <>
          <Sentence tone="calm" action={make}>
            {t('keys.finding', {
              write: t('keys.count.write', { count: living.filter((key) => key.kind === 'write').length }),
              api: t('keys.count.api', { count: living.filter((key) => key.kind === 'api').length }),
            })}
          </Sentence>
          <Card title={t('section.keys')}>
            <ul className={styles.rows}>
              {data.items.map((key) => (
                <KeyRow key={key.id} of={key} mayEdit={mayEdit} />
              ))}
            </ul>
          </Card>
        </>
      )}
      {making && <NewKeyModal onClose={() => setMaking(false)} />}
    </>
  );
}

function KeyRow({ of: key, mayEdit }: { of: Key; mayEdit: boolean }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const revoke = useMutation({
    mutationFn: () => api.delete(`/keys${pathOf(key.id)}`),
    onSuccess: () => void message.success(t('keys.revoke.done')),
    onSettled: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const ask = () =>
    void modal.confirm({
      title: t('keys.revoke.title', { name: key.name }),
      content: t(`keys.revoke.means.${key.kind}`),
      okText: t('keys.revoke.do'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => revoke.mutateAsync(),
    });

  return (
    <li className={styles.row} data-revoked={key.revokedAt !== undefined}>
      <div className={styles.grow}>
        <p>
          <b>{key.name}</b> <code className={styles.prefix}>{key.prefix}…</code>
        </p>
        <p className={styles.small}>
          {t('keys.made', { who: key.createdBy, at: format.date(key.createdAt) })} ·{' '}
          {key.revokedAt
            ? t('keys.revoked', { at: format.date(key.revokedAt) })
            : key.lastUsedAt
              ? t('keys.used', { at: format.dateTime(key.lastUsedAt) })
              : t('keys.unused')}
        </p>
        <ProblemNote error={revoke.error} />
      </div>
      <div>
        <Tag>{t(`keys.kind.${key.kind}`)}</Tag>
        {key.scopes.map((scope) => (
          <Tag key={scope}>{t(`keys.scope.${scope}`, { defaultValue: scope })}</Tag>
        ))}
      </div>
      {mayEdit && !key.revokedAt && (
        <Button danger size="small" aria-label={t('keys.revoke.label', { name: key.name })} loading={revoke.isPending} onClick={ask}>
          {t('keys.revoke.open')}
        </Button>
      )}
    </li>
  );
}

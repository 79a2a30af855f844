import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Member, Role } from '../api/types';
import { useMay } from '../app/permission';
import { sessionQuery } from '../app/queries';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { ProblemNote } from '../ui/ProblemNote';
import { Sentence } from '../ui/Sentence';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { InviteModal } from './InviteModal';
import { membersQuery } from './queries';
import styles from './Settings.module.css';

export const roles: Role[] = ['admin', 'editor', 'viewer'];

export function MembersSection() {
  const { t } = useTranslation('settings');
  const mayEdit = useMay('admin');
  const [inviting, setInviting] = useState(false);
  const { data, error, refetch } = useQuery(membersQuery);

  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <RowsSkeleton rows={3} />;
  const active = data.items.filter((member) => member.status === 'active').length;
  const invited = data.items.filter((member) => member.status === 'invited').length;
  return (
    <>
      <Sentence
        tone="calm"
        action={
          mayEdit && (
            <Button type="primary" onClick={() => setInviting(true)}>
              {t('members.invite.open')}
            </Button>
          )
        }
      >
        {t('members.finding', { count: active })}
        {invited > 0 && <> {t('members.waiting', { count: invited })}</>}
      </Sentence>
      <Card title={t('section.members')} extra={t('members.rolesMean')}>
        <ul className={styles.rows}>
          {data.items.map((member) => (
            <MemberRow key={member.id} member={member} mayEdit={mayEdit} />
          ))}
        </ul>
      </Card>
      {inviting && <InviteModal onClose={() => setInviting(false)} />}
    </>
  );
}

function MemberRow({ member, mayEdit }: { member: Member; mayEdit: boolean }) {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const client = useQueryClient();
  const { message } = App.useApp();
  const { data: session } = useQuery(sessionQuery);
  const self = session?.member.id === member.id;
  const change = useMutation({
    mutationFn: (patch: { role?: Role; disabled?: boolean }) => api.patch(`/members${pathOf(member.id)}`, patch),
    onSuccess: () => void message.success(shell('saved')),
    onSettled: () => client.invalidateQueries({ queryKey: ['members'] }),
  });

  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <b>{member.name}</b> {self && <span className={styles.small}>{t('members.you')}</span>}
        <p className={styles.small}>
          {member.email} ·{' '}
          {member.status === 'active'
            ? member.lastSeenAt
              ? t('members.seen', { at: format.dateTime(member.lastSeenAt) })
              : t('members.neverSeen')
            : t(`members.status.${member.status}`)}
        </p>
        <ProblemNote error={change.error} />
      </div>
      <Select<Role>
        className={styles.role}
        aria-label={t('members.roleOf', { name: member.name })}
        value={member.role}
        disabled={!mayEdit || self || change.isPending}
        options={roles.map((role) => ({ value: role, label: shell(`roles.${role}`) }))}
        onChange={(role) => change.mutate({ role })}
      />
      {mayEdit && member.status !== 'invited' && (
        <Switch
          aria-label={t('members.access', { name: member.name })}
          checked={member.status === 'active'}
          checkedChildren={t('members.on')}
          unCheckedChildren={t('members.off')}
          disabled={self}
          loading={change.isPending}
          onChange={(on) => change.mutate({ disabled: !on })}
        />
      )}
    </li>
  );
}

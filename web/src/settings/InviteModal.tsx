import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Member, Role } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';
import { Once } from './Once';

interface Given {
  email: string;
  name: string;
  role: Role;
}

const offered: Role[] = ['viewer', 'editor', 'admin'];

/** Invites a colleague; the link is shown once, to be sent by hand. */
export function InviteModal({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings');
  useReturnFocus();
  const { t: session } = useTranslation('session');
  const { t: shell } = useTranslation('shell');
  const client = useQueryClient();
  const [form] = Form.useForm<Given>();
  const invite = useMutation({
    mutationFn: (given: Given) => api.post<{ member: Member; inviteUrl: string }>('/members', given),
    onSuccess: () => client.invalidateQueries({ queryKey: ['members'] }),
  });

  if (invite.data) {
    return (
      <Modal open title={t('members.invite.made', { name: invite.data.member.name })} onCancel={onClose} footer={<Button type="primary" onClick={onClose}>{shell('close')}</Button>}>
        <Once secret={new URL(invite.data.inviteUrl, window.location.origin).href} label={t('members.invite.link')} why={t('members.invite.once')} />
      </Modal>
    );
  }
  return (
    <Modal open title={t('members.invite.title')} okText={t('members.invite.do')} okButtonProps={{ loading: invite.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form<Given> form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'viewer' }} onFinish={(given) => invite.mutate(given)}>
        <ProblemNote error={invite.error} />
        <Form.Item name="name" label={t('members.invite.name')} rules={[{ required: true, whitespace: true, message: t('members.invite.nameNeeded') }]}>
          <Input autoFocus maxLength={120} />
        </Form.Item>
        <Form.Item name="email" label={session('email')} rules={[{ required: true, type: 'email', message: session('emailNeeded') }]}>
          <Input type="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('members.invite.role')}>
          <Select<Role>
            options={offered.map((role) => ({ value: role, label: `${shell(`roles.${role}`)} · ${t(`members.may.${role}`)}` }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

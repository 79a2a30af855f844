import { useParams } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import { ProblemNote } from '../ui/ProblemNote';
import { Gate } from './Gate';

import { PasswordFields } from './PasswordFields';
import { useEnter } from './useEnter';

interface Given {
  name: string;
  password: string;
  again: string;
}

export default function InvitePage() {
  const { t } = useTranslation('session');
  const { token } = useParams({ from: '/invite/$token' });
  const { enter, busy, error } = useEnter();
  return (
    <Gate title={t('invite.title')} lead={t('invite.lead')}>
      <Form<Given>
        layout="vertical"
        requiredMark={false}
        onFinish={({ name, password }) => void enter(() => api.post(`/invitations${pathOf(token)}`, { token, name, password }))}
      >
        <ProblemNote error={error} />
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input autoFocus maxLength={120} autoComplete="name" />
        </Form.Item>
        <PasswordFields />
        <Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t('invite.do')}
          </Button>
        </Form.Item>
      </Form>
    </Gate>
  );
}

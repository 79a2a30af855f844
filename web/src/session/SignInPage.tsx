import { useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { SignIn } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { Gate } from './Gate';

import { useEnter } from './useEnter';

export default function SignInPage() {
  const { t } = useTranslation('session');
  const { next } = useSearch({ from: '/signin' });
  const { enter, busy, error } = useEnter(next);
  return (
    <Gate title={t('signIn.title')} lead={next ? t('signIn.again') : t('signIn.lead')}>
      <Form<SignIn> layout="vertical" requiredMark={false} onFinish={(given) => void enter(() => api.post('/session', given))}>
        <ProblemNote error={error} />
        <Form.Item name="email" label={t('email')} rules={[{ required: true, type: 'email', message: t('emailNeeded') }]}>
          <Input type="email" autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('passwordNeeded') }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t('signIn.do')}
          </Button>
        </Form.Item>
      </Form>
    </Gate>
  );
}

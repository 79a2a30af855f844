import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import { api, ApiError, pathOf } from '../api/client';
import { LinkButton } from '../ui/Links';
import { ProblemNote } from '../ui/ProblemNote';
import { RowsSkeleton } from '../ui/States';
import { Gate } from './Gate';
import { PasswordFields } from './PasswordFields';
import { useEnter } from './useEnter';

interface Invitation {
  name: string;
  email: string;
}

interface Given {
  name: string;
  password: string;
  again: string;
}

/** Whom the link was made for is greeted by name; a link that is spent leads to signing in. */
export default function InvitePage() {
  const { t } = useTranslation('session');
  const { token } = useParams({ from: '/invite/$token' });
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => api.get<Invitation>(`/invitations${pathOf(token)}`, undefined, signal),
    retry: (times, failure) => times < 2 && !(failure instanceof ApiError && failure.status < 500),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) {
    return (
      <Gate title={t('invite.title')}>
        <ProblemNote error={error} />
        <LinkButton to="/signin" search={{}}>
          {t('signIn.do')}
        </LinkButton>
      </Gate>
    );
  }
  if (!data) {
    return (
      <Gate title={t('invite.title')} lead={t('invite.lead')}>
        <RowsSkeleton rows={2} />
      </Gate>
    );
  }
  return <Welcome token={token} invitation={data} />;
}

function Welcome({ token, invitation }: { token: string; invitation: Invitation }) {
  const { t } = useTranslation('session');
  const { enter, busy, error } = useEnter();
  return (
    <Gate
      title={t('invite.welcome', { name: invitation.name })}
      lead={<Trans t={t} i18nKey="invite.leadFor" values={{ email: invitation.email }} components={{ b: <b /> }} />}
    >
      <Form<Given>
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: invitation.name }}
        onFinish={({ name, password }) => void enter(() => api.post(`/invitations${pathOf(token)}`, { token, name, password }))}
      >
        <ProblemNote error={error} />
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input maxLength={120} autoComplete="name" />
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

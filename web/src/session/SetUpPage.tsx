// The first start: whoever holds the one-time link becomes the admin and names
// the workspace.
import { Link, useSearch } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { SetUp } from '../api/types';
import { TimezoneSelect } from '../ui/TimezoneSelect';
import { useLocale } from '../format/useFormat';
import { ProblemNote } from '../ui/ProblemNote';
import { localeOptions } from '../i18n/localeOptions';
import { Gate } from './Gate';

import { PasswordFields } from './PasswordFields';
import { useEnter } from './useEnter';

export default function SetUpPage() {
  const { t } = useTranslation('session');
  const { token } = useSearch({ from: '/setup' });
  const locale = useLocale();
  const { enter, busy, error } = useEnter();

  if (!token) {
    return (
      <Gate title={t('setUp.title')} lead={t('setUp.noToken')}>
        <pre>http://…/setup?token=…</pre>
        <p style={{ paddingBottom: 14 }}>
          <Link to="/signin" search={{}}>
            {t('setUp.already')}
          </Link>
        </p>
      </Gate>
    );
  }
  return (
    <Gate title={t('setUp.title')} lead={t('setUp.lead')}>
      <Form<SetUp & { again: string }>
        layout="vertical"
        requiredMark={false}
        initialValues={{ timezone: ownTimezone(), locale }}
        onFinish={({ again, ...given }) => void (again === given.password && enter(() => api.post('/setup', { ...given, token })))}
      >
        <ProblemNote error={error} />
        <Form.Item name="workspaceName" label={t('setUp.workspace')} rules={[{ required: true, message: t('setUp.workspaceNeeded') }]}>
          <Input autoFocus maxLength={120} autoComplete="organization" />
        </Form.Item>
        <Form.Item name="timezone" label={t('setUp.timezone')} extra={t('setUp.timezoneWhy')}>
          <TimezoneSelect />
        </Form.Item>
        <Form.Item name="locale" label={t('setUp.locale')}>
          <Select options={localeOptions} />
        </Form.Item>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input maxLength={120} autoComplete="name" />
        </Form.Item>
        <Form.Item name="email" label={t('email')} rules={[{ required: true, type: 'email', message: t('emailNeeded') }]}>
          <Input type="email" autoComplete="username" />
        </Form.Item>
        <PasswordFields />
        <Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t('setUp.do')}
          </Button>
        </Form.Item>
      </Form>
    </Gate>
  );
}

function ownTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

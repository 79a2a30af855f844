import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Segmented, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import { prefer, themes, usePreferences, type Theme } from '../app/preferences';
import { sessionQuery } from '../app/queries';
import { useFormat, useLocale } from '../format/useFormat';
import { useNow } from '../format/useNow';
import { PasswordFields } from '../session/PasswordFields';
import { Card } from '../ui/Card';
import { ProblemNote } from '../ui/ProblemNote';
import styles from './Settings.module.css';

/** What is the member's own: name, appearance, password. */
export function AccountSection() {
  return (
    <div className={styles.stack}>
      <NameCard />
      <AppearanceCard />
      <PasswordCard />
    </div>
  );
}

function useSave(): { save: (patch: object) => Promise<unknown> } {
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  return {
    save: async (patch) => {
      await api.patch(`/members${pathOf(session?.member.id ?? '')}`, patch);
      await Promise.all([client.invalidateQueries({ queryKey: ['session'] }), client.invalidateQueries({ queryKey: ['members'] })]);
    },
  };
}

function NameCard() {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const { t: words } = useTranslation('session');
  const { message } = App.useApp();
  const { data: session } = useQuery(sessionQuery);
  const { save } = useSave();
  const rename = useMutation({ mutationFn: save, onSuccess: () => void message.success(shell('saved')) });
  if (!session) return null;
  return (
    <Card title={t('account.who', { email: session.member.email, role: shell(`roles.${session.member.role}`) })}>
      <Form<{ name: string }> layout="vertical" requiredMark={false} className={styles.form} initialValues={{ name: session.member.name }} onFinish={(given) => rename.mutate(given)}>
        <ProblemNote error={rename.error} />
        <Form.Item name="name" label={words('name')} rules={[{ required: true, whitespace: true, message: words('nameNeeded') }]}>
          <Input maxLength={120} autoComplete="name" />
        </Form.Item>
        <Button htmlType="submit" loading={rename.isPending}>
          {shell('save')}
        </Button>
      </Form>
    </Card>
  );
}

function AppearanceCard() {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const { theme, rocYears } = usePreferences();
  const locale = useLocale();
  const format = useFormat();
  const now = useNow();
  return (
    <Card title={shell('theme.title')} extra={t('account.device')}>
      <Segmented<Theme>
        aria-label={shell('theme.title')}
        value={theme}
        options={themes.map((value) => ({ value, label: shell(`theme.${value}`) }))}
        onChange={(value) => prefer({ theme: value })}
      />
      {locale === 'zh-Hant' && (
        <p className={styles.toggle}>
          <Switch aria-label={shell('roc')} checked={rocYears} onChange={(on) => prefer({ rocYears: on })} /> {shell('roc')}
          <span className={styles.small}>{format.date(now)}</span>
        </p>
      )}
    </Card>
  );
}

function PasswordCard() {
  const { t } = useTranslation('settings');
  const { message } = App.useApp();
  const { save } = useSave();
  const [form] = Form.useForm<{ oldPassword: string; password: string; again: string }>();
  const change = useMutation({
    mutationFn: save,
    onSuccess: () => {
      void message.success(t('account.passwordChanged'));
      form.resetFields();
    },
  });
  return (
    <Card title={t('account.password')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className={styles.form}
        onFinish={({ oldPassword, password }) => change.mutate({ oldPassword, password })}
      >
        <ProblemNote error={change.error} />
        <Form.Item name="oldPassword" label={t('account.oldPassword')} rules={[{ required: true, message: t('account.oldPasswordNeeded') }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <PasswordFields label={t('account.newPassword')} />
        <Button htmlType="submit" loading={change.isPending}>
          {t('account.changePassword')}
        </Button>
      </Form>
    </Card>
  );
}

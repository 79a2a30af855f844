import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Locale, Workspace } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { useNow } from '../format/useNow';
import { Card } from '../ui/Card';
import { Change } from '../ui/Change';
import { ProblemNote } from '../ui/ProblemNote';
import { Sentence } from '../ui/Sentence';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { TimezoneSelect } from '../ui/TimezoneSelect';
import { localeOptions } from '../i18n/localeOptions';
import { KeptCard } from './KeptCard';
import { workspaceQuery } from './queries';
import styles from './Settings.module.css';

const colors: Workspace['goodColors'][] = ['default', 'redUp', 'greenUp'];

export function WorkspaceSection() {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const mayEdit = useMay('admin');
  const client = useQueryClient();
  const { message } = App.useApp();
  const format = useFormat();
  const now = useNow();
  const { data, error, refetch } = useQuery(workspaceQuery);
  const [form] = Form.useForm<Workspace>();
  const chosen = Form.useWatch('goodColors', form);

  const save = useMutation({
    mutationFn: (workspace: Workspace) => api.put<Workspace | undefined>('/workspace', workspace),
    onSuccess: async () => {
      void message.success(shell('saved'));
      // Days, weeks and colours of every screen follow the workspace.
      await client.invalidateQueries();
    },
  });

  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <RowsSkeleton rows={3} />;
  return (
    <>
      <Sentence tone="calm">{t('workspace.finding', { name: data.name, timezone: data.timezone, now: format.dateTime(now) })}</Sentence>
      <Card title={t('section.workspace')}>
        <Form<Workspace> form={form} layout="vertical" requiredMark={false} className={styles.form} initialValues={data} disabled={!mayEdit} onFinish={(given) => save.mutate(given)}>
          <ProblemNote error={save.error} />
          <Form.Item name="name" label={t('workspace.name')} rules={[{ required: true, whitespace: true, message: t('workspace.nameNeeded') }]}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="timezone" label={t('workspace.timezone')} extra={t('workspace.timezoneWhy')}>
            <TimezoneSelect />
          </Form.Item>
          <Form.Item name="locale" label={t('workspace.locale')}>
            <Select<Locale> options={localeOptions} />
          </Form.Item>
          <Form.Item name="weekStart" label={t('workspace.weekStart')}>
            <Select
              options={[
                { value: 'monday', label: t('workspace.monday') },
                { value: 'sunday', label: t('workspace.sunday') },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="goodColors"
            label={t('workspace.colors')}
            extra={
              <span data-colors={chosen ?? data.goodColors} className={styles.sample}>
                {t('workspace.sample')} <Change value={0.03} unit="points" /> <Change value={-0.024} unit="points" />
              </span>
            }
          >
            <Select options={colors.map((value) => ({ value, label: t(`workspace.color.${value}`) }))} />
          </Form.Item>
          {mayEdit ? (
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {shell('save')}
            </Button>
          ) : (
            <p className={styles.small}>{t('adminsOnly')}</p>
          )}
        </Form>
      </Card>
      <KeptCard />
    </>
  );
}

// A new journey begins as one stage with one step that is not bound yet; the
// rest is drawn on the board.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api, pathOf } from '../api/client';
import type { Journey, Revision } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';
import styles from './JourneysPage.module.css';

interface Given {
  name: string;
  id: string;
  subject: string;
  key?: string;
  window: string;
}

const windows = ['1d', '7d', '14d', '30d', '90d', '180d', '365d', 'none'];

export function NewJourney({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation('journeys');
  useReturnFocus();
  const [form] = Form.useForm<Given>();
  const subject = Form.useWatch('subject', form);
  const [ownId, setOwnId] = useState(false); // typed by the reader, and theirs from then on
  const client = useQueryClient();
  const navigate = useNavigate();

  const create = useMutation({
    mutationFn: (given: Given) =>
      api.put<Revision<Journey>>(
        `/definitions/Journey${pathOf(given.id)}`,
        { body: firstDraft(given, { stage: t('new.firstStage'), step: t('new.firstStep') }), reason: t('new.reason', { name: given.name }) },
        { ifMatch: 0 },
      ),
    onSuccess: async (revision) => {
      await client.invalidateQueries({ queryKey: ['journeys'] });
      onClose();
      await navigate({ to: '/journeys/$id', params: { id: revision.id }, search: { edit: '1' } });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 409) form.setFields([{ name: 'id', errors: [t('new.idTaken')] }]);
    },
  });

  return (
    <Modal
      open
      title={t('new.title')}
      okText={t('new.do')}
      okButtonProps={{ loading: create.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className={styles.hint}>{t('new.lead')}</p>
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ subject: 'person', window: '14d', id: freeId('journey', taken) }}
        onFinish={(given) => create.mutate(given)}
        onValuesChange={(changed: Partial<Given>) => {
          if (changed.id !== undefined) setOwnId(true);
          if (changed.name !== undefined && !ownId) form.setFieldValue('id', freeId(slugOf(changed.name), taken));
        }}
      >
        {create.error && !(create.error instanceof ApiError && create.error.status === 409) && <ProblemNote error={create.error} />}
        <Form.Item name="name" label={t('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameNeeded') }]}>
          <Input autoFocus maxLength={120} placeholder={t('new.namePlaceholder')} />
        </Form.Item>
        <Form.Item
          name="id"
          label={t('new.id')}
          extra={t('new.idWhy')}
          rules={[
            { required: true, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, message: t('new.idRule') },
            { validator: (_, id: string) => (taken.includes(id) ? Promise.reject(new Error(t('new.idTaken'))) : Promise.resolve()) },
          ]}
        >
          <Input spellCheck={false} autoCapitalize="off" />
        </Form.Item>
        <Form.Item name="subject" label={t('new.subject')}>
          <Select
            options={[
              { value: 'person', label: t('subject.person') },
              { value: 'account', label: t('subject.account') },
              { value: 'key', label: t('new.byKey') },
            ]}
          />
        </Form.Item>
        {subject === 'key' && (
          <Form.Item
            name="key"
            label={t('new.key')}
            extra={t('new.keyWhy')}
            rules={[{ required: true, pattern: /^(properties|context|traits|account)\..+|^(channel|source)$/, message: t('new.keyRule') }]}
          >
            <Input spellCheck={false} placeholder="properties.session" />
          </Form.Item>
        )}
        <Form.Item name="window" label={t('new.window')} extra={t('new.windowWhy')}>
          <Select
            options={windows.map((window) => ({
              value: window,
              label: window === 'none' ? t('new.noWindow') : t('new.days', { count: Number.parseInt(window, 10) }),
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function firstDraft(given: Given, names: { stage: string; step: string }): Journey {
  return {
    kind: 'Journey',
    id: given.id,
    name: given.name.trim(),
    subject: given.subject === 'key' ? given.key : given.subject,
    window: given.window,
    stages: [{ id: 'stage-1', name: names.stage, steps: [{ id: 'step-1', name: names.step }] }],
  };
}

/** A name in Latin letters makes an id; of others nothing is left, and "journey" does. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return slug || 'journey';
}

export function freeId(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n++) {
    if (!taken.includes(`${wanted}-${n}`)) return `${wanted}-${n}`;
  }
}

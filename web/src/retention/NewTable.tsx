// A new table begins with any event by any customer, week by week; what starts
// and what is a return are chosen on its page.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api, pathOf } from '../api/client';
import type { Retention, Revision } from '../api/types';
import { freeId, slugOf } from '../journeys/NewJourney';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';

interface Given {
  name: string;
  id: string;
}

export function NewTable({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation('retention');
  const { t: journeys } = useTranslation('journeys');
  useReturnFocus();
  const [form] = Form.useForm<Given>();
  const [ownId, setOwnId] = useState(false); // typed by the reader, and theirs from then on
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: ({ id, name }: Given) => {
      const body: Retention = { kind: 'Retention', id, name: name.trim(), start: { event: null }, return: { event: null }, period: 'week', intervals: 8 };
      return api.put<Revision<Retention>>(`/definitions${pathOf('Retention', id)}`, { body, reason: t('new.reason', { name }) }, { ifMatch: 0 });
    },
    onSuccess: async (revision) => {
      await client.invalidateQueries({ queryKey: ['journeys'] });
      onClose();
      await navigate({ to: '/journeys/retention/$id', params: { id: revision.id }, search: {} });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 409) form.setFields([{ name: 'id', errors: [journeys('new.idTaken')] }]);
    },
  });
  return (
    <Modal open title={t('new.title')} okText={t('new.do')} okButtonProps={{ loading: create.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <p>{t('new.lead')}</p>
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ id: freeId('retention', taken) }}
        onFinish={(given) => create.mutate(given)}
        onValuesChange={(changed: Partial<Given>) => {
          if (changed.id !== undefined) setOwnId(true);
          if (changed.name !== undefined && !ownId) form.setFieldValue('id', freeId(idOf(changed.name), taken));
        }}
      >
        {create.error && !(create.error instanceof ApiError && create.error.status === 409) && <ProblemNote error={create.error} />}
        <Form.Item name="name" label={journeys('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameNeeded') }]}>
          <Input autoFocus maxLength={120} placeholder={t('new.namePlaceholder')} />
        </Form.Item>
        <Form.Item
          name="id"
          label={journeys('new.id')}
          extra={journeys('new.idWhy')}
          rules={[
            { required: true, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, message: journeys('new.idRule') },
            { validator: (_, id: string) => (taken.includes(id) ? Promise.reject(new Error(journeys('new.idTaken'))) : Promise.resolve()) },
          ]}
        >
          <Input spellCheck={false} autoCapitalize="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** A name without Latin letters gives the id that every table may have. */
function idOf(name: string): string {
  const slug = slugOf(name);
  return slug === 'journey' ? 'retention' : slug;
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Form, Input, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { CreatedKey, Key, NewKey } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { useReturnFocus } from '../ui/useReturnFocus';
import { Once } from './Once';

export const scopesOf: Record<Key['kind'], string[]> = {
  write: ['capture', 'import'],
  api: ['measure', 'read', 'write', 'admin'],
};
const usual: Record<Key['kind'], string[]> = { write: ['capture'], api: ['measure'] };

/** Makes a key; its secret is shown once. */
export function NewKeyModal({ onClose, kind = 'write' }: { onClose: () => void; kind?: Key['kind'] }) {
  const { t } = useTranslation('settings');
  useReturnFocus();
  const { t: shell } = useTranslation('shell');
  const client = useQueryClient();
  const [form] = Form.useForm<NewKey>();
  const chosen = Form.useWatch('kind', form) ?? kind;
  const make = useMutation({
    mutationFn: (given: NewKey) => api.post<CreatedKey>('/keys', given),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });

  if (make.data) {
    return (
      <Modal open title={t('keys.new.made', { name: make.data.key.name })} onCancel={onClose} footer={<Button type="primary" onClick={onClose}>{shell('close')}</Button>}>
        <Once secret={make.data.secret} label={t('keys.new.secret')} why={t('keys.new.once')} />
      </Modal>
    );
  }
  return (
    <Modal open title={t('keys.new.title')} okText={t('keys.new.do')} okButtonProps={{ loading: make.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form<NewKey>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind, scopes: usual[kind] }}
        onValuesChange={(changed: Partial<NewKey>) => {
          if (changed.kind) form.setFieldValue('scopes', usual[changed.kind]);
        }}
        onFinish={(given) => make.mutate(given)}
      >
        <ProblemNote error={make.error} />
        <Form.Item name="name" label={t('keys.new.name')} extra={t('keys.new.nameWhy')} rules={[{ required: true, whitespace: true, message: t('keys.new.nameNeeded') }]}>
          <Input autoFocus maxLength={80} placeholder={t('keys.new.namePlaceholder')} />
        </Form.Item>
        <Form.Item name="kind" label={t('keys.new.kind')}>
          <Radio.Group
            options={[
              { value: 'write', label: t('keys.means.write') },
              { value: 'api', label: t('keys.means.api') },
            ]}
          />
        </Form.Item>
        <Form.Item name="scopes" label={t('keys.new.scopes')} rules={[{ validator: (_, scopes: string[]) => (scopes.length > 0 ? Promise.resolve() : Promise.reject(new Error(t('keys.new.scopesNeeded')))) }]}>
          <Checkbox.Group options={scopesOf[chosen].map((scope) => ({ value: scope, label: t(`keys.scope.${scope}`) }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

export const shortestPassword = 10;

/** A new password, twice: typed blind, it is mistyped once in a while. Its label is another where there is an old one. */
export function PasswordFields({ label }: { label?: string }) {
  const { t } = useTranslation('session');
  return (
    <>
      <Form.Item
        name="password"
        label={label ?? t('newPassword')}
        extra={t('passwordRule', { count: shortestPassword })}
        rules={[{ required: true, min: shortestPassword, message: t('passwordRule', { count: shortestPassword }) }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('passwordAgain')}
        dependencies={['password']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value: string | undefined) =>
              value && value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('passwordsDiffer'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}

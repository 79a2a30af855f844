import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';
import { localeOptions } from '../i18n/localeOptions';
import styles from './Settings.module.css';

/** The particulars of one entry, each with what it is; of what the screen does not know yet, the name it came with. */
export function AuditDetail({ detail }: { detail: Record<string, unknown> }) {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();

  /** Words for what the server says in its own; text of people and numbers as they are. */
  const said = (key: string, value: unknown): string => {
    if (Array.isArray(value)) return value.map((each) => said(key, each)).join(' · ');
    if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no');
    if (typeof value === 'number') return format.full(value);
    if (typeof value !== 'string') return JSON.stringify(value);
    const asIs = { defaultValue: value };
    switch (key) {
      case 'role':
      case 'was':
        return shell(`roles.${value}`, asIs);
      case 'locale':
        return localeOptions.find((one) => one.value === value)?.label ?? value;
      case 'weekStart':
        return t(`workspace.${value}`, asIs);
      case 'goodColors':
        return t(`workspace.color.${value}`, asIs);
      case 'kind':
        return t(`keys.kind.${value}`, asIs);
      case 'scopes':
        return t(`keys.scope.${value}`, asIs);
      case 'password':
        return t('audit.changed');
      default:
        return value;
    }
  };

  const parts = Object.entries(detail);
  if (parts.length === 0) return null;
  return (
    <dl className={styles.detail}>
      {parts.map(([key, value]) => (
        <div key={key}>
          <dt>{t(`audit.detail.${key}`, { defaultValue: key })}</dt>
          <dd>{said(key, value)}</dd>
        </div>
      ))}
    </dl>
  );
}

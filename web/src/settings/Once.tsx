import { CopyButton } from '../ui/CopyButton';
import { useTranslation } from 'react-i18next';
import styles from './Settings.module.css';

/** A secret that is shown this once and never again. */
export function Once({ secret, label, why }: { secret: string; label: string; why: string }) {
  const { t } = useTranslation('shell');
  return (
    <div className={styles.once}>
      <p>{why}</p>
      <div className={styles.secret}>
        <output aria-label={label}>{secret}</output>
        <CopyButton text={secret} label={t('copy')} />
      </div>
    </div>
  );
}

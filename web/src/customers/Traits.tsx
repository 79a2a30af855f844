import { useTranslation } from 'react-i18next';
import type { Customer } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import styles from './Customers.module.css';

/** What is known, and which source said so when. */
export function Traits({ traits }: { traits: Customer['traits'] }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <Card title={t('traits.title')} extra={t('traits.count', { count: traits.length })}>
      {traits.length === 0 ? (
        <p className={styles.small}>{t('traits.none')}</p>
      ) : (
        <dl className={styles.traits}>
          {traits.map((trait) => (
            <div key={trait.key}>
              <dt>{trait.key}</dt>
              <dd>{typeof trait.value === 'string' ? trait.value : JSON.stringify(trait.value)}</dd>
              <dd className={styles.small} title={`messageId ${trait.messageId}`}>
                {trait.source} · {format.date(trait.at)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Customer } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import styles from './Customers.module.css';

/** A person's account; an account's people, the busiest first. */
export function Relations({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  if (customer.of === 'person') {
    return (
      <Card title={t('account.title')}>
        {customer.account ? (
          <Link to="/customers/$id" params={{ id: customer.account.id }} search={{ of: 'account' }}>
            {customer.account.name ?? customer.account.id}
          </Link>
        ) : (
          <p className={styles.small}>{t('account.none')}</p>
        )}
      </Card>
    );
  }
  return (
    <Card title={t('people.title')} extra={t('people.count', { count: customer.peopleTotal, shown: format.full(customer.peopleTotal) })}>
      <ul className={styles.people}>
        {customer.people.map((person) => (
          <li key={person.id}>
            <Link to="/customers/$id" params={{ id: person.id }} search={{ of: 'person' }}>
              {person.name ?? person.id}
            </Link>
            <span className={styles.small}>{t('events', { count: person.events, shown: format.full(person.events) })}</span>
          </li>
        ))}
      </ul>
      {customer.people.length < customer.peopleTotal && (
        <p className={styles.small}>{t('people.first', { count: customer.people.length })}</p>
      )}
    </Card>
  );
}

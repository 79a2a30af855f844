import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Input, Segmented } from 'antd';
import { useEffect, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { CustomerSummary } from '../api/types';
import { useFormat } from '../format/useFormat';
import { LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { searchQuery } from './queries';
import { ofSearch, type Of } from './question';
import styles from './Customers.module.css';

const typingMillis = 250;

export default function CustomersPage() {
  const { t } = useTranslation('customers');
  const search = useSearch({ from: '/inside/customers' });
  const navigate = useNavigate({ from: '/customers' });
  const of = ofSearch(search);
  const words = search.q ?? '';
  const [typed, setTyped] = useState(words);
  const { data, error, refetch, isPlaceholderData } = useQuery(searchQuery(of, words));

  useEffect(() => {
    if (typed === words) return;
    const timer = setTimeout(() => void navigate({ search: { ...search, q: typed || undefined }, replace: true }), typingMillis);
    return () => clearTimeout(timer);
  }, [typed, words, search, navigate]);

  return (
    <>
      <PageHeader title={t('title')} meta={t('lead')} />
      <PageBody>
        <div className={styles.filters}>
          <Input.Search
            className={styles.search}
            allowClear
            autoFocus
            placeholder={t(`search.${of}`)}
            aria-label={t(`search.${of}`)}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Segmented<Of>
            aria-label={t('of.label')}
            value={of}
            options={[
              { value: 'person', label: t('of.person') },
              { value: 'account', label: t('of.account') },
            ]}
            onChange={(value) => void navigate({ search: { ...search, of: value === 'person' ? undefined : value }, replace: true })}
          />
        </div>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !data ? (
          <RowsSkeleton />
        ) : data.items.length === 0 ? (
          words ? (
            <EmptyState title={t('none.title', { words })}>{t('none.hint')}</EmptyState>
          ) : (
            <EmptyState
              title={t(`empty.${of}`)}
              action={
                <LinkButton to="/settings/$section" params={{ section: 'sending' }}>
                  {t('empty.action')}
                </LinkButton>
              }
            >
              {t('empty.hint')}
            </EmptyState>
          )
        ) : (
          <>
            <Finding items={data.items} words={words} of={of} />
            <ul className={styles.list} aria-busy={isPlaceholderData}>
              {data.items.map((customer) => (
                <CustomerRow key={customer.id} customer={customer} />
              ))}
            </ul>
          </>
        )}
      </PageBody>
    </>
  );
}

/** Who of those found was seen last. */
function Finding({ items, words, of }: { items: CustomerSummary[]; words: string; of: Of }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const latest = items.filter((item) => item.last).toSorted((a, b) => (b.last ?? '').localeCompare(a.last ?? ''))[0];
  if (!latest) return null;
  return (
    <Sentence tone="calm">
      <Trans
        t={t}
        i18nKey={words ? 'finding.found' : `finding.${of}`}
        count={items.length}
        values={{ words, name: latest.name ?? latest.id, at: format.dateTime(latest.last), events: format.full(latest.events) }}
        components={{ b: <b /> }}
      />
    </Sentence>
  );
}

function CustomerRow({ customer }: { customer: CustomerSummary }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <Link to="/customers/$id" params={{ id: customer.id }} search={{ of: customer.of }} className={styles.open}>
          {customer.name ?? customer.id}
        </Link>
        {customer.name !== null && <code className={styles.small}>{customer.id}</code>}
      </div>
      <span className={styles.number}>{t('events', { count: customer.events, shown: format.full(customer.events) })}</span>
      <span className={styles.small}>{customer.last ? t('last', { at: format.dateTime(customer.last) }) : t('never')}</span>
    </li>
  );
}

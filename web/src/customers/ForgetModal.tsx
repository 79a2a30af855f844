// A person who asked to be forgotten: what goes, what stays, that it is for good;
// a reason, and the id typed again.
import { useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Customer, Forgotten } from '../api/types';
import { ReasonModal } from '../ui/ReasonModal';
import type { Who } from './queries';
import styles from './Customers.module.css';

interface ForgetModalProps {
  customer: Customer;
  /** As the page asked for them, so that who goes is who was shown. */
  who: Who;
  onForgotten: (gone: Forgotten) => void;
  onClose: () => void;
}

/** Answers that may hold the customer themselves; all others only count them. */
const holding = ['customers', 'timeline', 'measure', 'preview'];
const counting = ['journeys', 'metrics', 'events', 'quarantine', 'audit'];

export function ForgetModal({ customer, who, onForgotten, onClose }: ForgetModalProps) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const field = useId();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);

  const forget = async (reason: string) => {
    setBusy(true);
    try {
      const gone = await api.post<Forgotten>(`/customers${pathOf(who.id)}/forget`, { reason }, { query: { anonymous: who.anonymous || undefined } });
      onForgotten(gone); // first: what is shown of them must not be asked for again
      client.removeQueries({ predicate: (query) => holding.includes(String(query.queryKey[0])) });
      void client.invalidateQueries({ predicate: (query) => counting.includes(String(query.queryKey[0])) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <ReasonModal
      title={t('forget.title', { name: customer.name ?? customer.id })}
      okText={t('forget.do')}
      ready={typed.trim() === customer.id.trim()}
      width={560}
      danger
      onOk={forget}
      onClose={onClose}
      last={
        <>
          <label htmlFor={field} className={`${styles.label} ${styles.retype}`}>
            <Trans t={t} i18nKey="forget.type" values={{ id: customer.id }} components={{ c: <code /> }} />
          </label>
          <Input id={field} value={typed} disabled={busy} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
          <p role="status" className={styles.small}>
            {busy && t('forget.busy')}
          </p>
        </>
      }
    >
      <dl className={styles.fate}>
        <dt>{t('forget.goes')}</dt>
        <dd>{t('forget.theirs', { count: customer.ids.length })}</dd>
        <dd>{t('forget.where')}</dd>
        <dt>{t('forget.stays')}</dt>
        <dd>{t('forget.audit')}</dd>
        <dd>
          <Trans t={t} i18nKey="forget.archives" components={{ c: <code className={styles.command} /> }} />
        </dd>
        <dd>{t('forget.written')}</dd>
        <dt>{t('forget.changes')}</dt>
        <dd>{t('forget.numbers')}</dd>
      </dl>
      <p className={styles.final}>{t('forget.final')}</p>
    </ReasonModal>
  );
}

// Two people who are one: choose the other, see what would come of it, say why.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Select } from 'antd';
import { useDeferredValue, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Customer, MergePreview } from '../api/types';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonModal } from '../ui/ReasonModal';
import { Preview } from './Preview';
import { searchQuery } from './queries';
import styles from './Customers.module.css';

export function MergeModal({ from, onClose }: { from: Customer; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const field = useId();
  const [words, setWords] = useState('');
  const [to, setTo] = useState<string>();
  const found = useQuery(searchQuery('person', useDeferredValue(words)));
  const preview = useQuery({
    queryKey: ['preview', 'merge', from.id, to], // not of an area that news refreshes: what is shown is what is decided on
    gcTime: 0,
    queryFn: () => api.post<MergePreview>('/identity/preview', { from: from.id, to }),
    enabled: to !== undefined,
  });

  const merge = async (reason: string) => {
    if (to === undefined) return;
    const done = await api.post<MergePreview>('/identity/merge', { from: from.id, to, reason });
    void message.success(t('merge.done'));
    await client.invalidateQueries({ predicate: (query) => ['customers', 'timeline', 'measure', 'journeys'].includes(String(query.queryKey[0])) });
    onClose(); // the page is about to be another person's
    // A visitor never takes a user in: who remains may be either of the two.
    await navigate({ to: '/customers/$id', params: { id: done.after[0]?.id ?? to }, search: { of: 'person' } });
  };

  return (
    <ReasonModal
      title={t('merge.title', { name: from.name ?? from.id })}
      okText={t('merge.do')}
      ready={preview.data !== undefined}
      width={640}
      onOk={merge}
      onClose={onClose}
    >
      <p className={styles.small}>{t('merge.means')}</p>
      <label htmlFor={field} className={styles.label}>
        {t('merge.with')}
      </label>
      <Select<string>
        id={field}
        style={{ width: '100%' }}
        showSearch={{ filterOption: false, onSearch: setWords }}
        placeholder={t('search.person')}
        value={to}
        onChange={setTo}
        notFoundContent={found.isFetching ? '…' : t('merge.nobody')}
        options={(found.data?.items ?? [])
          .filter((person) => person.id !== from.id)
          .map((person) => ({ value: person.id, label: person.name === null ? person.id : `${person.name} · ${person.id}` }))}
      />
      <ProblemNote error={preview.error} />
      {preview.data && <Preview preview={preview.data} />}
    </ReasonModal>
  );
}

// One's own names of the events that a starter speaks of; then all its definitions are
// written, and the tree is there with live numbers.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, AutoComplete } from 'antd';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { TreeStarter, TreeSummary } from '../../api/tree';
import type { EventName } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { freeId } from '../../journeys/NewJourney';
import { Localized } from '../../ui/Localized';
import { ReasonModal } from '../../ui/ReasonModal';
import { begin, seenAs, treeOf, type Names } from './starter';
import styles from './Starters.module.css';

export function BeginDialog({ starter, onClose }: { starter: TreeStarter; onClose: () => void }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [chosen, choose] = useState<Names>({});
  const [done, setDone] = useState<number | null>(null);
  const { data } = useQuery({
    queryKey: ['events', 'names'],
    queryFn: ({ signal }) => api.get<{ items: EventName[] }>('/events/names', undefined, signal),
  });
  const seen = [...new Set((data?.items ?? []).map(({ name }) => name))];
  const options = seen.map((name) => ({
    value: name,
    label: (
      <span className={styles.option}>
        <span>{name}</span>
        <small>{format.count(data?.items.find((one) => one.name === name)?.count).text}</small>
      </span>
    ),
  }));
  const nameFor = (event: string) => chosen[event] ?? seenAs(event, seen) ?? '';
  const names = Object.fromEntries(starter.events.map((event) => [event, nameFor(event)]));
  const unseen = starter.events.filter((event) => !seen.includes(names[event] ?? ''));

  const write = async (reason: string) => {
    try {
      const trees = await client.fetchQuery({ queryKey: ['trees'], queryFn: () => api.get<{ items: TreeSummary[] }>('/trees') });
      const begun = await begin(starter, names, freeId(treeOf(starter).id, trees.items.map(({ id }) => id)), reason, setDone);
      if (begun.kept.length > 0) void message.info(t('start.kept', { count: begun.kept.length, ids: begun.kept.map(({ id }) => id).join(', ') }), 10);
      await client.invalidateQueries({ predicate: ({ queryKey }) => ['trees', 'metrics', 'journeys', 'definitions'].includes(String(queryKey[0])) });
      await navigate({ to: '/trees/$id', params: { id: begun.tree }, search: {} });
    } finally {
      setDone(null);
    }
  };
  return (
    <ReasonModal title={<Localized text={starter.name} />} okText={t('start.write')} width={680} onOk={write} onClose={onClose}>
      <p className={styles.lead}>
        <Trans t={t} i18nKey="start.map" components={{ b: <b /> }} />
      </p>
      <ul className={styles.map}>
        {starter.events.map((event) => (
          <li key={event}>
            <code id={`event-${event}`}>{event}</code>
            <span aria-hidden="true">→</span>
            <AutoComplete
              allowClear
              aria-label={t('start.yours', { event })}
              value={nameFor(event)}
              placeholder={event}
              options={options}
              filterOption={(input, option) => String(option?.value ?? '').toLowerCase().includes(input.toLowerCase())}
              onChange={(value: string | undefined) => choose({ ...chosen, [event]: value ?? '' })}
            />
          </li>
        ))}
      </ul>
      <p className={styles.note} role="status">
        {done !== null ? t('start.writing', { done: done + 1, of: starter.definitions.length }) : unseen.length > 0 ? t('start.unseen', { count: unseen.length }) : t('start.allSeen', { count: starter.definitions.length })}
      </p>
    </ReasonModal>
  );
}

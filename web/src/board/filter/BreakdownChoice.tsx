import { useQueries } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queryOf } from '../../api/client';
import type { Journey, PropertySummary } from '../../api/types';
import { useBoard } from '../useBoard';
import { useTraits } from './SegmentChoice';
import styles from './FilterBar.module.css';

/** One or several keys to break the journey down by, and whose value of them counts. */
export function BreakdownChoice({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('board');
  const { address, go, journey, nameOf } = useBoard();
  const [keys, setKeys] = useState(address.by ?? []);
  const [attribution, setAttribution] = useState(address.attribution ?? 'first');
  const traits = useTraits();
  const properties = useBoundProperties(journey);
  const group = (label: string, found: PropertySummary[]) => ({ label, options: found.map(({ key }) => ({ value: key, label: key })) });
  const take = (by: string[] | undefined) => {
    go({ by, attribution: by ? attribution : undefined });
    onDone();
  };
  return (
    <>
      <label>
        {t('filter.keys')}
        <Select
          mode="multiple"
          value={keys}
          onChange={setKeys}
          aria-label={t('filter.keys')}
          maxCount={3}
          options={[
            { label: t('filter.ofEvents'), options: ['channel', 'source'].map((key) => ({ value: key, label: t(`keys_of.${key}`) })) },
            group(t('filter.ofTraits'), traits),
            group(t('filter.ofProperties'), properties),
          ]}
        />
      </label>
      <label>
        {t('filter.attribution')}
        <Select
          value={attribution}
          onChange={setAttribution}
          aria-label={t('filter.attribution')}
          options={[
            ...(['first', 'last', 'all'] as const).map((value) => ({ value: value as string, label: t(`attribution.${value}`) })),
            ...journey.stages.map((stage) => ({ value: `step:${stage.id}`, label: t('attribution.step', { stage: nameOf(stage) }) })),
          ]}
        />
      </label>
      <p className={styles.note}>{t(`attribution.note.${attribution.startsWith('step:') ? 'step' : attribution}`)}</p>
      <div className={styles.end}>
        <Button onClick={() => take(undefined)}>{t('filter.usualBreakdown')}</Button>
        <Button type="primary" disabled={keys.length === 0} onClick={() => take(keys)}>
          {t('filter.apply')}
        </Button>
      </div>
    </>
  );
}

/** Properties of the events the journey is bound to, each once. */
function useBoundProperties(journey: Journey): PropertySummary[] {
  const events = [...new Set(journey.stages.flatMap((stage) => stage.steps.flatMap((step) => (step.when ?? []).flatMap((each) => each.event ?? []))))];
  const found = useQueries({
    queries: events.slice(0, 20).map((event) => propertiesQuery(event)),
    combine: (results) => results.flatMap((result) => result.data?.items ?? []),
  });
  return found.filter((property, i) => property.key.startsWith('properties.') && found.findIndex((each) => each.key === property.key) === i);
}

/** What a seen event carries, with sample values. */
export function propertiesQuery(event: string) {
  return {
    queryKey: ['events', 'properties', event],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<{ items: PropertySummary[] }>(`/events/properties${queryOf({ event })}`, undefined, signal),
    staleTime: 60_000,
  };
}

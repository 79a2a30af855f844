import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { PropertySummary, Where } from '../../api/types';
import { keyName, rowCode, rowsOf, whereOf } from '../model/where';
import { Chip } from './Chip';
import { WhereEditor } from './WhereEditor';
import styles from './FilterBar.module.css';

/** Traits people and accounts are known to have, with how often. */
export function useTraits(): PropertySummary[] {
  const ask = (of: 'person' | 'account') => ({
    queryKey: ['events', 'traits', of],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<{ items: PropertySummary[] }>('/traits', { of }, signal),
  });
  const person = useQuery(ask('person'));
  const account = useQuery(ask('account'));
  return [...(person.data?.items ?? []), ...(account.data?.items ?? [])];
}

interface SegmentChipProps {
  segment: Where | undefined;
  onTake: (segment: Where | undefined) => void;
}

/** Keeps only customers with certain traits. */
export function SegmentChip({ segment, onTake }: SegmentChipProps) {
  const { t } = useTranslation('board');
  const told = rowsOf(segment).map((row) => rowCode({ ...row, key: keyName(row.key) })).join(' · ');
  return (
    <Chip name={t('filter.segment')} value={told || t('filter.everyone')} set={told !== ''}>
      {(close) => (
        <SegmentChoice
          segment={segment}
          onTake={(chosen) => {
            onTake(chosen);
            close();
          }}
        />
      )}
    </Chip>
  );
}

function SegmentChoice({ segment, onTake }: SegmentChipProps) {
  const { t } = useTranslation('board');
  const traits = useTraits();
  const [rows, setRows] = useState(() => rowsOf(segment));
  return (
    <>
      <p className={styles.note}>{t('filter.segmentNote')}</p>
      <WhereEditor rows={rows} onChange={setRows} properties={traits} />
      <div className={styles.end}>
        <Button onClick={() => onTake(undefined)}>{t('filter.everyone')}</Button>
        <Button type="primary" onClick={() => onTake(whereOf(rows))}>
          {t('filter.apply')}
        </Button>
      </div>
    </>
  );
}

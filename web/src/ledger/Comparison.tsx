import { useQuery } from '@tanstack/react-query';
import { Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { Card } from '../ui/Card';
import { ChangesInWords, SideBySide } from '../ui/DiffView';
import { JsonView } from '../ui/JsonView';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { differenceQuery } from './queries';
import styles from './Ledger.module.css';

type View = 'words' | 'sides' | 'whole';
const views: View[] = ['words', 'sides', 'whole'];

interface ComparisonProps {
  kind: string;
  id: string;
  revisions: Revision[];
  from: number; // 0: the shown revision is the first
  to: number;
  onChange: (pair: { from: number; to: number }) => void;
}

/** What changed between two revisions: in words, side by side, or the later one whole. */
export function Comparison({ kind, id, revisions, from, to, onChange }: ComparisonProps) {
  const { t } = useTranslation('ledger');
  const { t: shell } = useTranslation('shell');
  const [view, setView] = useState<View>('words');
  const first = from === 0;
  const { data, error, refetch } = useQuery(differenceQuery(kind, id, from, to));
  const options = revisions.map((revision) => ({ value: revision.version, label: shell('version', { version: revision.version }) }));
  const later = revisions.find((revision) => revision.version === to);

  return (
    <Card>
      <div className={styles.compare}>
        <Select<number>
          size="small"
          aria-label={t('diff.from')}
          placeholder={t('diff.beginning')}
          value={first ? undefined : from}
          options={options.filter((option) => option.value !== to)}
          onChange={(version) => onChange({ from: version, to })}
        />
        <span aria-hidden="true">→</span>
        <Select<number>
          size="small"
          aria-label={t('diff.to')}
          value={to}
          options={options.filter((option) => option.value !== from)}
          onChange={(version) => onChange({ from, to: version })}
        />
        <Segmented<View>
          size="small"
          className={styles.grow}
          aria-label={t('diff.view')}
          value={view}
          options={views.map((one) => ({ value: one, label: t(`diff.${one}`), disabled: one === 'sides' && first }))}
          onChange={setView}
        />
      </div>
      {view === 'whole' || first ? (
        <>
          {first && view !== 'whole' && <p className={styles.small}>{t('diff.first')}</p>}
          <JsonView value={later?.body ?? null} label={t('diff.whole')} />
        </>
      ) : error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={3} />
      ) : view === 'words' ? (
        <ChangesInWords changes={data.changes} />
      ) : (
        <SideBySide difference={data} />
      )}
    </Card>
  );
}

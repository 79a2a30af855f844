// Events that could not be taken, by reason: look, fix the cause, play them again.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { QuarantineEntry } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { EntryDrawer } from './EntryDrawer';
import { EntryRow } from './EntryRow';
import { entriesQuery, statuses, type Status } from './queries';
import { Reasons } from './Reasons';
import styles from './Quarantine.module.css';

export default function QuarantinePage() {
  const { t } = useTranslation('quarantine');
  const { t: shell } = useTranslation('shell');
  const search = useSearch({ from: '/inside/quarantine' });
  const navigate = useNavigate({ from: '/quarantine' });
  const mayEdit = useMay('editor');
  const [looking, setLooking] = useState<QuarantineEntry | null>(null);
  const status = statuses.find((one) => one === search.status) ?? 'open';
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    entriesQuery({ status, reason: search.reason, source: search.source }),
  );
  const first = data?.pages[0];
  const entries = data?.pages.flatMap((page) => page.items) ?? [];
  const filter = (change: Record<string, string | undefined>) => void navigate({ search: { ...search, ...change }, replace: true });

  return (
    <>
      <PageHeader title={t('title')} meta={t('lead')} />
      <PageBody>
        {first && status === 'open' && <Finding reasons={first.reasons} />}
        <div className={styles.filters}>
          <Segmented<Status>
            aria-label={t('status.label')}
            value={status}
            options={statuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
            onChange={(value) => filter({ status: value === 'open' ? undefined : value, reason: undefined })}
          />
          {search.source && (
            <Button size="small" onClick={() => filter({ source: undefined })}>
              {t('fromSource', { source: search.source })} ✕
            </Button>
          )}
        </div>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !first ? (
          <RowsSkeleton />
        ) : first.reasons.length === 0 && entries.length === 0 ? (
          <EmptyState
            title={t(`empty.${status}.title`)}
            action={status === 'open' ? <LinkButton to="/settings/$section" params={{ section: 'sending' }}>{t('empty.action')}</LinkButton> : undefined}
          >
            {t(`empty.${status}.hint`)}
          </EmptyState>
        ) : (
          <>
            <div className={styles.columns}>
              <Reasons
                reasons={first.reasons}
                chosen={search.reason}
                onChoose={(reason) => filter({ reason })}
                actions={mayEdit && status === 'open'}
              />
              <div>
                <ul className={styles.entries} aria-label={t('entries')}>
                  {entries.map((entry) => (
                    <EntryRow key={entry.id} entry={entry} onLook={() => setLooking(entry)} onSource={(source) => filter({ source })} />
                  ))}
                </ul>
                {hasNextPage && (
                  <Button className={styles.more} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                    {shell('loadMore')}
                  </Button>
                )}
              </div>
            </div>
          </>
        )}
      </PageBody>
      {looking && <EntryDrawer entry={looking} mayEdit={mayEdit} onClose={() => setLooking(null)} />}
    </>
  );
}

/** How many wait, and what most of them suffer from. */
function Finding({ reasons }: { reasons: { title: string; count: number }[] }) {
  const { t } = useTranslation('quarantine');
  const format = useFormat();
  const total = reasons.reduce((sum, one) => sum + one.count, 0);
  const [worst, second] = reasons.toSorted((a, b) => b.count - a.count);
  if (!worst) return null;
  const even = second?.count === worst.count; // then none of them is the one to begin with
  return (
    <Sentence>
      <Trans
        t={t}
        i18nKey={even ? 'findingEven' : 'finding'}
        count={total}
        values={{ total: format.full(total), kinds: reasons.length, reason: worst.title, most: format.full(worst.count), share: format.percent(worst.count / total, 0) }}
        components={{ b: <b /> }}
      />
    </Sentence>
  );
}

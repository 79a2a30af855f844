import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { AuditDetail } from './AuditDetail';
import { auditQuery } from './queries';
import styles from './Settings.module.css';

/** Who did what, newest first; nothing here can be changed. */
export function AuditSection() {
  const { t } = useTranslation('settings');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <RowsSkeleton />;
  const entries = data.pages.flatMap((page) => page.items);
  const latest = entries[0];
  if (!latest) return <EmptyState title={t('audit.empty')} />;
  return (
    <>
      <Sentence tone="calm">{t('audit.finding', { who: latest.member, what: words(t, latest), at: format.dateTime(latest.at) })}</Sentence>
      <Card title={t('section.audit')} extra={t('audit.forever')}>
        <ol className={styles.rows}>
          {entries.map((entry, i) => (
            <li key={`${entry.at} ${i}`} className={styles.entry}>
              <time dateTime={entry.at} className={styles.small}>
                {format.dateTime(entry.at)}
              </time>
              <div>
                <b>{entry.member}</b> {words(t, entry)} <span>{entry.subject}</span>
                {entry.detail && <AuditDetail detail={entry.detail} />}
              </div>
            </li>
          ))}
        </ol>
        {hasNextPage && (
          <Button className={styles.more} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {shell('loadMore')}
          </Button>
        )}
      </Card>
    </>
  );
}

/** An action in the reader's words; one the screen does not know yet by its own name. */
function words(t: (key: string, options: { defaultValue: string }) => string, entry: AuditEntry): string {
  return t(`audit.action.${entry.action}`, { defaultValue: entry.action });
}

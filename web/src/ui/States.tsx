// What a screen shows when it has nothing to show: empty, loading, error, no permission.
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import { Star } from './Star';
import styles from './States.module.css';

interface EmptyStateProps {
  title: ReactNode;
  /** What to do first, in a sentence. */
  children?: ReactNode;
  /** One button. */
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <section className={styles.state}>
      <Star className={styles.star} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </section>
  );
}

interface ErrorStateProps {
  error: unknown;
  retry?: () => void;
  /** What was attempted, and what stays true in spite of it. */
  title?: ReactNode;
}

/** What failed, what to do, and a way to try again; a denied reader is told whom to ask. */
export function ErrorState({ error, retry, title }: ErrorStateProps) {
  const { t } = useTranslation('shell');
  const told = useProblem(error);
  const denied = error instanceof ApiError && error.status === 403;
  return (
    <section className={styles.state} role="alert">
      <Star className={denied ? styles.star : styles.troubled} />
      <h2>{title ?? (denied ? t('states.denied.title') : t('states.error.title'))}</h2>
      <p>
        <b>{told.title}</b>
        {told.detail && <> {told.detail}</>}
      </p>
      <p className={styles.calm}>{denied ? t('states.denied.hint') : t('states.error.calm')}</p>
      {retry && !denied && <Button onClick={retry}>{t('states.error.retry')}</Button>}
    </section>
  );
}

/** The words of an error in the reader's language, whoever raised it. */
export function useProblem(error: unknown): { title: string; detail?: string } {
  const { t } = useTranslation('shell');
  if (error instanceof ApiError) {
    if (error.key === 'screen.unreachable') return { title: t('states.unreachable.title'), detail: t('states.unreachable.detail') };
    if (error.key === 'screen.unexpected') return { title: t('states.unexpected', { status: error.status }) };
    return { title: error.problem.title, detail: error.problem.detail };
  }
  return { title: t('states.broken') };
}

/** Rows in the final layout, so that nothing jumps when they are filled. */
export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation('shell');
  return (
    <div className={styles.rows} role="status" aria-busy="true" aria-label={t('states.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={styles.row}>
          <i style={{ width: `${25 + ((i * 17) % 30)}%` }} />
          <i style={{ width: `${50 + ((i * 23) % 35)}%` }} />
        </div>
      ))}
    </div>
  );
}

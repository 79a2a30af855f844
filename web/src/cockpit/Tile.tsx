// A tile: a card that keeps its place while its answer is on its way, and says so
// where there is none.
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../ui/Card';
import { useProblem } from '../ui/States';
import styles from './Cockpit.module.css';

interface TileProps {
  title: ReactNode;
  /** Owner, as-of and n: small, at the right of the title. */
  extra?: ReactNode;
  className?: string | undefined;
  /** Nothing is known yet. */
  loading?: boolean;
  error?: Error | null;
  retry?: () => void;
  /** Rows of its skeleton. */
  rows?: number;
  late?: boolean;
  children?: ReactNode;
}

export function Tile({ title, extra, className, loading = false, error = null, retry, rows = 4, late = false, children }: TileProps) {
  return (
    <Card title={title} extra={extra} className={className ? `${styles.tile} ${className}` : styles.tile}>
      <div className={styles.inside} data-late={late}>
        {error ? <Failed error={error} {...(retry && { retry })} /> : loading ? <Skeleton rows={rows} /> : children}
      </div>
    </Card>
  );
}

function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation('shell');
  const { title, detail } = useProblem(error);
  return (
    <div role="alert" className={styles.failed}>
      <b>{title}</b>
      {detail && <p>{detail}</p>}
      {retry && (
        <Button size="small" onClick={retry}>
          {t('states.error.retry')}
        </Button>
      )}
    </div>
  );
}

export function Skeleton({ rows }: { rows: number }) {
  const { t } = useTranslation('shell');
  return (
    <div className={styles.skeleton} role="status" aria-busy="true" aria-label={t('states.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} style={{ width: `${55 + ((i * 29) % 45)}%` }} />
      ))}
    </div>
  );
}

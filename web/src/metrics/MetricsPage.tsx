import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { MetricSummary } from '../api/metric';
import { useMay } from '../app/permission';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { MetricRow } from './MetricRow';
import { goodness, latestOf, moveOf, smallN, usualOf } from './model';
import { usePeriod } from './usePeriod';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

const DefinePage = lazy(() => import('./define/DefinePage'));

const levels = [1, 2, 3, 0];

export default function MetricsPage() {
  const { define } = useSearch({ from: '/inside/metric' });
  const mayEdit = useMay('editor');
  if (define !== 'new' || !mayEdit) return <MetricList />;
  return (
    <Suspense fallback={<PageBody><RowsSkeleton /></PageBody>}>
      <DefinePage revision={null} onSaved={() => undefined} />
    </Suspense>
  );
}

function MetricList() {
  const { t } = useTranslation('metrics');
  const mayEdit = useMay('editor');
  const { data, error, refetch } = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => api.get<{ items: MetricSummary[] }>('/metrics', undefined, signal),
  });
  const furthest = data && furthestOff(data.items);
  return (
    <>
      <PageHeader title={t('title')} meta={t('lead')} actions={mayEdit && <NewMetric />} />
      <PageBody>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !data ? (
          <RowsSkeleton rows={6} />
        ) : data.items.length === 0 ? (
          <EmptyState title={t('empty.title')} action={mayEdit && <NewMetric />}>
            <Trans t={t} i18nKey="empty.hint" components={{ code: <code /> }} />
          </EmptyState>
        ) : (
          <>
            {furthest ? <Finding metric={furthest} /> : <Sentence tone="calm">{t('finding.none', { count: data.items.length })}</Sentence>}
            {levels.map((level) => {
              const of = data.items.filter((metric) => metric.level === level);
              if (of.length === 0) return null;
              return (
                <section key={level} className={styles.level}>
                  <h2>{t(`level.${level}`)}</h2>
                  <ul>
                    {of.map((metric) => (
                      <MetricRow key={metric.id} metric={metric} />
                    ))}
                  </ul>
                </section>
              );
            })}
          </>
        )}
      </PageBody>
    </>
  );
}

function NewMetric() {
  const { t } = useTranslation('metrics');
  return (
    <LinkButton to="/metric" search={{ define: 'new' }}>
      {t('new')}
    </LinkButton>
  );
}

/** The metric that lies furthest on the bad side of its own usual level, relative to it; a handful of people is not what stands out. */
export function furthestOff(metrics: MetricSummary[]): MetricSummary | null {
  let worst: { metric: MetricSummary; off: number } | null = null;
  for (const metric of metrics) {
    const latest = latestOf(metric.periods);
    const usual = latest && usualOf(metric.periods, latest.at);
    const good = goodness(metric.good);
    if (!latest || usual === null || usual === 0 || good === null || latest.point.value === null || latest.point.n < smallN) continue;
    const off = ((latest.point.value - usual) / Math.abs(usual)) * (good === 'up' ? -1 : 1);
    if (off > 0.02 && (worst === null || off > worst.off)) worst = { metric, off };
  }
  return worst?.metric ?? null;
}

function Finding({ metric }: { metric: MetricSummary }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const locale = useLocale();
  const unit = useUnit(metric.unit);
  const period = usePeriod(metric.grain);
  const latest = latestOf(metric.periods);
  if (!latest) return null;
  const usual = usualOf(metric.periods, latest.at);
  const name = pick(metric.name, locale);
  const move = moveOf(latest, metric.unit);
  return (
    <Sentence
      action={
        <Link to="/metric/$id" params={{ id: metric.id }} search={{}}>
          {t('finding.open')} →
        </Link>
      }
    >
      <Trans
        t={t}
        i18nKey={move ? 'finding.off' : 'finding.offOnly'}
        values={{
          name: name.text || metric.id,
          period: period(latest.point.from),
          value: unit.show(latest.point.value).text,
          usual: unit.show(usual).text,
          n: format.full(latest.point.n),
          change: move ? format.change(move.value, move.unit).text : '',
          asOf: format.dateTime(metric.asOf),
        }}
        components={{ name: <b lang={name.lang ?? undefined} />, b: <b /> }}
      />
    </Sentence>
  );
}

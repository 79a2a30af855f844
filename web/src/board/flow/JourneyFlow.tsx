// What really happened between the stages: where people went on, where they
// wait, where they left, and what those who left did next.
import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { Skeleton } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Flow } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { EmptyState, ErrorState } from '../../ui/States';
import { useBoard } from '../useBoard';
import type { Graph } from './graph';
import styles from './FlowView.module.css';

const Sankey = lazy(() => import('./Sankey'));

export function JourneyFlow() {
  const { t } = useTranslation('board');
  const { question, nameOf, journey } = useBoard();
  const format = useFormat();
  const { breakdown: _, attribution: __, ...asked } = question ?? {};
  const { data, error, refetch } = useQuery({
    queryKey: ['measure', 'flow', asked],
    queryFn: ({ signal }) => api.post<Flow>('/measure/flow', asked, { signal }),
    enabled: question !== null,
    placeholderData: keepPreviousData,
  });
  const graph = useMemo<Graph>(() => {
    const name = (node: Flow['nodes'][number], inPlace: boolean): string => {
      const stage = journey.stages.find((each) => each.id === node.stage);
      const at = stage ? nameOf(stage) : '';
      if (node.kind === 'stage') return at || node.name;
      if (node.kind === 'left') return inPlace ? t('flow.leftHere') : t('flow.leftAt', { stage: at });
      if (node.kind === 'pending') return inPlace ? t('flow.pendingHere') : t('flow.pendingAt', { stage: at });
      return node.name || t('flow.nothingNext');
    };
    return {
      nodes: (data?.nodes ?? []).map((node) => ({ id: node.id, name: name(node, false), short: name(node, true), size: node.customers, tone: node.kind })),
      links: (data?.links ?? []).map((link) => ({ from: link.from, to: link.to, size: link.customers, median: link.medianSeconds })),
    };
  }, [data, journey, nameOf, t]);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (question !== null && !data) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (!data || data.links.length === 0) return <EmptyState title={t('flow.empty')}>{t('flow.emptyHint')}</EmptyState>;

  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const sizes = new Map(data.nodes.map((node) => [node.id, node.customers]));
  const places = new Map(data.nodes.map((node, place) => [node.id, place]));
  const kinds = new Map(data.nodes.map((node) => [node.id, node.kind]));
  // As the journey goes, then what those who left did next; the widest first.
  const rank = (id: string) => (kinds.get(id) === 'stage' ? 0 : data.nodes.length) + (places.get(id) ?? 0);
  const links = data.links.toSorted((a, b) => rank(a.from) - rank(b.from) || b.customers - a.customers);

  return (
    <>
      {/* On a phone it scrolls sideways, and has to be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.card} tabIndex={0} aria-label={t('flow.title')}>
        <h2>{t('flow.title')}</h2>
        <p className={styles.note}>{t('flow.note')}</p>
        <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} />}>
          <Sankey graph={graph} />
        </Suspense>
      </section>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.card} tabIndex={0} aria-label={t('flow.table')}>
        <table className={styles.table}>
          <caption>{t('flow.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('flow.from')}</th>
              <th scope="col">{t('flow.to')}</th>
              <th scope="col">{t('flow.customers')}</th>
              <th scope="col">{t('flow.share')}</th>
              <th scope="col">{t('flow.median')}</th>
            </tr>
          </thead>
          <tbody>
            {links.map((link) => {
              const whole = sizes.get(link.from) ?? 0;
              return (
                <tr key={`${link.from}>${link.to}`}>
                  <td>{names.get(link.from)}</td>
                  <td>{names.get(link.to)}</td>
                  <td title={format.full(link.customers)}>{format.count(link.customers).text}</td>
                  <td>{format.percent(whole > 0 ? Math.min(1, link.customers / whole) : null)}</td>
                  {/* Who left or still waits has not arrived: there is no time it took. */}
                  <td>{link.medianSeconds === null && kinds.get(link.to) !== 'stage' ? '—' : format.duration(link.medianSeconds)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}

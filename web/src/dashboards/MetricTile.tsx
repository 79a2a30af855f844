// A metric on a dashboard: as a number, its course or a table.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Grain, Metric, MetricAnswer, MetricRequest } from '../api/metric';
import { useScope } from '../board/filter/useScope';
import { addDays } from '../board/model/period';
import { searchOfScope, type Scope } from '../board/model/scope';
import { Tile as Frame } from '../cockpit/Tile';
import { useDefinitions, useToday } from '../cockpit/useCockpit';
import { useOwners } from '../cockpit/useOwners';
import { useFormat } from '../format/useFormat';
import { goodness, latestOf, moveOf } from '../metrics/model';
import { PeriodTable } from '../metrics/PeriodTable';
import { useNotYet } from '../metrics/useNotYet';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { Change } from '../ui/Change';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { showOf, type Tile } from './model';
import styles from './Dashboards.module.css';

const Course = lazy(() => import('../metrics/Course'));

const longest: Record<Grain, number> = { hour: 1 / 24, day: 1, week: 7, month: 31, quarter: 92, year: 366 };

/** The question of a tile: enough days for its periods, of which the last are shown. */
export function metricQuestion({ metric = '', grain, periods, breakdown }: Tile, own: Grain, today: string, scope: Scope): MetricRequest {
  const from = periods && addDays(scope.asOf ?? today, -Math.ceil(periods * longest[grain ?? own]));
  return { metricId: metric, ...(grain && { grain }), ...(from && { from }), ...(breakdown && { breakdown: [breakdown] }), ...scope };
}

/** The last periods of an answer. */
export function lastPeriods(answer: MetricAnswer, count: number | undefined): MetricAnswer {
  if (!count) return answer;
  return {
    ...answer,
    periods: answer.periods.slice(-count),
    ...(answer.breakdown && { breakdown: answer.breakdown.map((row) => ({ ...row, periods: row.periods.slice(-count) })) }),
  };
}

export function MetricTile({ tile }: { tile: Tile }) {
  const { t } = useTranslation('dashboards');
  const owners = useOwners();
  const format = useFormat();
  const today = useToday();
  const { all, pending } = useDefinitions();
  const metric = all.find(({ kind, id }) => kind === 'Metric' && id === tile.metric)?.body as Metric | undefined;
  const scope = useScope();
  const question = metricQuestion(tile, metric?.grain ?? 'week', today, scope);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['measure', 'metric', question],
    queryFn: ({ signal }) => api.post<MetricAnswer>('/measure', question, { signal }),
    placeholderData: keepPreviousData,
    enabled: !pending,
  });
  const answer = data && lastPeriods(data, tile.periods);
  const show = showOf(tile);
  const n = answer && latestOf(answer.periods)?.point.n;
  return (
    <Frame
      title={
        <Link to="/metric/$id" params={{ id: tile.metric ?? '' }} search={{ grain: tile.grain, by: tile.breakdown, ...searchOfScope(scope) }}>
          <Localized text={metric?.name} fallback={tile.metric ?? ''} />
        </Link>
      }
      extra={answer && [owners(metric?.owner ?? []), ...(n === undefined ? [] : [`n = ${format.full(n)}`]), ...(show === 'number' ? [] : [t('asOf', { when: format.dateTime(answer.asOf) })])].join(' · ')}
      loading={!answer}
      error={answer ? null : error}
      retry={() => void refetch()}
      rows={show === 'number' ? 2 : 5}
      late={isPlaceholderData}
    >
      {answer && (scope.segment && answer.periods.every(({ n }) => n === 0) ? <p className={styles.nothing}>{t('nothingFits')}</p> : show === 'number' ? <Number answer={answer} /> : show === 'table' ? <PeriodTable answer={answer} /> : <Line answer={answer} />)}
    </Frame>
  );
}

function Number({ answer }: { answer: MetricAnswer }) {
  const { t } = useTranslation('dashboards');
  const notYet = useNotYet();
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const latest = latestOf(answer.periods);
  const move = latest && moveOf(latest, answer.unit);
  return (
    <div className={styles.number}>
      <b className={latest ? undefined : styles.hatched}>
        <StatNumber value={latest?.point.value ?? null} show={unit.plain} />
        {latest && unit.name && <small> {unit.name}</small>}
      </b>
      <p>{latest ? period(latest.point.from) : notYet(answer.periods)} {move && <Change value={move.value} unit={move.unit} good={goodness(answer.good)} />}</p>
      <p>{t('asOf', { when: format.dateTime(answer.asOf) })}</p>
    </div>
  );
}

function Line({ answer }: { answer: MetricAnswer }) {
  const { t: metrics } = useTranslation('metrics');
  const [table, open] = useState(false);
  return (
    <div className={styles.course}>
      <Suspense fallback={<div className={styles.chart} />}>
        <div className={styles.chart}>
          <Course answer={answer} />
        </div>
      </Suspense>
      <Button type="link" size="small" className={styles.twin} onClick={() => open(true)}>
        {metrics('table.open')}
      </Button>
      <Modal open={table} onCancel={() => open(false)} footer={null} width={720} destroyOnHidden>
        <PeriodTable answer={answer} />
      </Modal>
    </div>
  );
}

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { MetricSummary } from '../api/metric';
import { useFormat } from '../format/useFormat';
import rows from '../journeys/JourneysPage.module.css';
import { Change } from '../ui/Change';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { StatusBadge } from '../ui/StatusBadge';
import { goodness, latestOf, moveOf } from './model';
import { Sparkline } from './Sparkline';
import { usePeriod } from './usePeriod';
import { useNotYet } from './useNotYet';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

export function MetricRow({ metric }: { metric: MetricSummary }) {
  const { t: shell } = useTranslation('shell');
  const notYet = useNotYet();
  const format = useFormat();
  const unit = useUnit(metric.unit);
  const period = usePeriod(metric.grain);
  const latest = latestOf(metric.periods);
  const move = latest && moveOf(latest, metric.unit);
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <h3>
          <Link to="/metric/$id" params={{ id: metric.id }} search={{}} className={rows.open}>
            <Localized text={metric.name} fallback={metric.id} />
          </Link>{' '}
          <StatusBadge status={metric.status} />
        </h3>
        <p className={styles.small}>
          <Localized text={metric.meaning} />
        </p>
        <p className={styles.small}>
          {shell('version', { version: metric.version })} · {metric.author} · {format.date(metric.at)}
        </p>
      </div>
      <Sparkline points={metric.periods} />
      <div className={latest ? styles.number : `${styles.number} ${styles.hatched}`}>
        <b>
          <StatNumber value={latest?.point.value ?? null} show={unit.plain} />
          {latest && unit.name && <small> {unit.name}</small>}
        </b>
        {latest ? (
          <p className={styles.small}>
            {period(latest.point.from)} · n = {format.full(latest.point.n)} {move && <Change value={move.value} unit={move.unit} good={goodness(metric.good)} />}
          </p>
        ) : (
          <p className={styles.small}>{metric.problem ?? notYet(metric.periods)}</p>
        )}
      </div>
    </li>
  );
}

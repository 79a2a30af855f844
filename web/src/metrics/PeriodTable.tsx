// The table twin of the course: every period with its interval and n, the newest first.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MetricAnswer, MetricPoint } from '../api/metric';
import { useFormat } from '../format/useFormat';
import { usePeriod } from './usePeriod';
import { useRowName } from './useRowName';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

export function PeriodTable({ answer, onOpen }: { answer: Pick<MetricAnswer, 'unit' | 'grain' | 'periods' | 'breakdown'>; onOpen?: (at: number) => void }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const rowName = useRowName();
  const rows = answer.breakdown ?? [];
  const cell = (point: MetricPoint | undefined) => (point ? unit.plain(point.value) : '');
  const { t: shell } = useTranslation('shell');
  return (
    // A region that scrolls has to be reachable without a mouse.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('table.open')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('table.period')}</th>
            <th scope="col">{rows.length > 0 ? t('table.all') : t('table.value')}</th>
            <th scope="col">{t('table.interval')}</th>
            <th scope="col">n</th>
            {rows.map((row) => (
              <th key={JSON.stringify(row.value)} scope="col">
                {rowName(row.value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.periods
            .map((point, at) => ({ point, at }))
            .toReversed()
            .map(({ point, at }) => (
              <tr key={point.from} data-partial={point.partial}>
                <th scope="row">
                  {onOpen && point.customers > 0 ? (
                    <Button type="link" size="small" onClick={() => onOpen(at)} aria-label={t('table.people', { period: period(point.from) })}>
                      {period(point.from)}
                    </Button>
                  ) : (
                    period(point.from)
                  )}
                  {point.partial && <small> {t('table.partial')}</small>}
                  {point.expired && <small> {shell('kept.gone')}</small>}
                </th>
                <td title={unit.show(point.value).full}>{cell(point)}</td>
                <td>{point.low !== null && point.high !== null ? `${unit.plain(point.low)} – ${unit.plain(point.high)}` : '–'}</td>
                <td>{point.expired ? '–' : format.full(point.n)}</td>
                {rows.map((row) => (
                  <td key={JSON.stringify(row.value)}>{cell(row.periods[at])}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

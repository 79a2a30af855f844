// The cohorts as a heat table: one hue, the number in every cell, hatched where
// the interval is not over yet. Every cell opens to the customers behind it; the
// arrow keys go from cell to cell.
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { RetentionAnswer } from '../api/types';
import { useFormat } from '../format/useFormat';
import { fullest, smallN, type Place } from './model';
import { useNames } from './useNames';
import styles from './Triangle.module.css';

interface TriangleProps {
  answer: RetentionAnswer;
  late: boolean;
  /** Opens the customers behind a count; undefined for who may not see them. */
  onOpen?: (place: Place) => void;
}

export function Triangle({ answer, late, onOpen }: TriangleProps) {
  const { t } = useTranslation('retention');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const names = useNames(answer.rule);
  const table = useRef<HTMLTableElement>(null);
  const [held, hold] = useState<Place>({ row: 0, interval: 0 });
  const most = fullest(answer);
  // Cohorts of which nothing is known are the oldest, and have no cells.
  const first = answer.rows.filter((cohort) => cohort.expired).length;
  const row = Math.max(first, Math.min(held.row, answer.rows.length - 1));
  const stop = { row, interval: Math.min(held.interval, answer.rows.length - 1 - row) };

  const move = (event: KeyboardEvent) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const row = Math.max(first, Math.min(answer.rows.length - 1, stop.row + (by[0] ?? 0)));
    const interval = Math.max(0, Math.min(answer.rows.length - 1 - row, stop.interval + (by[1] ?? 0)));
    hold({ row, interval });
    table.current?.querySelector<HTMLElement>(`[data-cell="${row}+${interval}"]`)?.focus();
  };

  const cell = (row: number, interval: number) => {
    const cohort = answer.rows[row];
    const rate = cohort?.rates[interval];
    if (!cohort || !rate) return null;
    const n = cohort.counts[interval] ?? 0;
    const open = interval >= cohort.complete;
    const said = [
      interval === 0
        ? t('cell.started', { cohort: names.cohort(cohort), customers: names.customers(n) })
        : rate.rate === null
          ? t('cell.nobody', { cohort: names.cohort(cohort), later: names.later(interval) })
          : t('cell.back', {
              cohort: names.cohort(cohort),
              later: names.later(interval),
              customers: names.customers(n),
              rate: format.percent(rate.rate),
              interval: format.interval(rate),
              n: format.full(rate.n),
            }),
      open ? t('cell.open') : '',
      interval > 0 && rate.n > 0 && rate.n < smallN ? t('cell.few') : '',
    ].filter(Boolean);
    const shown =
      interval === 0 ? (
        <b>{format.count(n).text}</b>
      ) : rate.rate === null ? (
        '–'
      ) : (
        <>
          <b>{format.percent(rate.rate, 0)}</b>
          <small>{format.count(n).text}</small>
        </>
      );
    const share = interval > 0 && most > 0 ? (rate.rate ?? 0) / most : 0;
    return (
      // What a cell says is in its button, further in than the rule looks.
      // oxlint-disable-next-line jsx-a11y/control-has-associated-label
      <td key={interval} className={interval === 0 ? styles.size : styles.heat} data-open={open} data-few={interval > 0 && rate.n < smallN} style={{ '--heat': share } as CSSProperties}>
        <button
          type="button"
          data-cell={`${row}+${interval}`}
          tabIndex={row === stop.row && interval === stop.interval ? 0 : -1}
          aria-disabled={!onOpen || n === 0}
          title={said.join('\n')}
          onFocus={() => hold({ row, interval })}
          onKeyDown={move}
          onClick={() => n > 0 && onOpen?.({ row, interval })}
        >
          <span className="visually-hidden">{said.join(' ')}</span>
          <span aria-hidden="true">{shown}</span>
        </button>
      </td>
    );
  };

  return (
    <>
      {/* A region that scrolls has to be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.scroll} data-late={late} aria-busy={late} tabIndex={0} role="region" aria-label={t('caption')}>
        <table ref={table} className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('started')}</th>
              <th scope="col">{t('size')}</th>
              {answer.rows.slice(1).map((cohort, i) => (
                <th key={cohort.from} scope="col">
                  {names.column(i + 1)}
                </th>
              ))}
            </tr>
            <tr className={styles.average}>
              <th scope="row">{t('together')}</th>
              {answer.average.map((rate, interval) => (
                <td key={interval} title={rate.rate === null ? t('notYet') : t('inFull', { rate: format.percent(rate.rate), interval: format.interval(rate), n: format.full(rate.n) })}>
                  {interval === 0 ? (
                    <b>{first === answer.rows.length ? '–' : format.count(rate.n).text}</b>
                  ) : rate.rate === null ? (
                    <span className={styles.unknown}>{t('notYetShort')}</span>
                  ) : (
                    <>
                      <b>{format.percent(rate.rate)}</b>
                      <small>{format.interval(rate)}</small>
                    </>
                  )}
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.rows.map((cohort, row) => (
              <tr key={cohort.from}>
                <th scope="row">{names.cohort(cohort)}</th>
                {cohort.expired ? (
                  <td className={styles.gone} colSpan={answer.rows.length}>
                    <span>{shell('kept.gone')}</span>
                  </td>
                ) : (
                  cohort.counts.map((_, interval) => cell(row, interval))
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.legend}>
        <span className={styles.scale} aria-hidden="true" />
        {t('legend.heat', { most: format.percent(most, 0) })}
        <span className={styles.hatched} aria-hidden="true" />
        {t('legend.open')}
        <span className={styles.few}>{t('legend.fewSample')}</span>
        {t('legend.few', { n: smallN })}
      </p>
    </>
  );
}

// The table twin of the board: the same numbers, sortable, for readers who
// prefer rows, and for screen readers.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { Change } from '../../ui/Change';
import { signed } from '../canvas/StepStrip';
import { boardCsv } from '../export/csv';
import { download } from '../export/download';
import { isSmall } from '../model/figures';
import { feelingOf, rowsOfBoard, sorted, type Row, type SortKey } from '../model/rows';
import { countedOf } from '../model/counted';
import { useBoard } from '../useBoard';
import styles from './TableView.module.css';

const columns: SortKey[] = ['reached', 'rate', 'left', 'pending', 'time', 'sentiment', 'cost', 'value', 'change'];

export function TableView() {
  const { t } = useTranslation('board');
  const { journey, answer, before, comparing, nameOf, late, today, select, address } = useBoard();
  const [sort, setSort] = useState<{ by: SortKey; descending: boolean }>({ by: 'place', descending: false });
  const rows = rowsOfBoard(journey, answer, before, nameOf);
  const shown = columns.filter((column) => column !== 'change' || comparing);
  const turn = (by: SortKey) =>
    setSort((now) => (now.by !== by ? { by, descending: by !== 'place' } : now.descending === (by !== 'place') ? { by, descending: !now.descending } : { by: 'place', descending: false }));

  return (
    <div className={styles.box} data-late={late}>
      <div className={styles.tools}>
        <Button size="small" onClick={() => download(`${journey.id}-${today}.csv`, new Blob([boardCsv(sorted(rows, sort.by, sort.descending), answer, t)], { type: 'text/csv;charset=utf-8' }))}>
          {t('export.csv')}
        </Button>
      </div>
      {/* A region that scrolls has to be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('table.title', { name: nameOf(journey) })}>
        <table className={styles.table}>
          <caption className="visually-hidden">{t('table.title', { name: nameOf(journey) })}</caption>
          <thead>
            <tr>
              <Head by="place" sort={sort} onSort={turn} />
              {shown.map((column) => (
                <Head key={column} by={column} sort={sort} onSort={turn} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(rows, sort.by, sort.descending).map((row) => (
              <tr key={row.key} data-stage={row.step === null} data-selected={address.at?.stage === row.spot.stage && address.at.step === row.spot.step} data-spot={row.key}>
                <th scope="row">
                  <button type="button" data-spot-focus="" onClick={() => select(row.spot)}>
                    {row.step ?? row.stage}
                  </button>
                  {row.step !== null && sort.by !== 'place' && <small> {row.stage}</small>}
                </th>
                {row.bound ? (
                  shown.map((column) => (
                    <td key={column}>
                      <Value row={row} column={column} />
                    </td>
                  ))
                ) : (
                  <td colSpan={shown.length}>
                    <em>{t('step.unmeasured')}</em>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface HeadProps {
  by: SortKey;
  sort: { by: SortKey; descending: boolean };
  onSort: (by: SortKey) => void;
}

function Head({ by, sort, onSort }: HeadProps) {
  const { t } = useTranslation('board');
  const { journey } = useBoard();
  const own = sort.by === by;
  return (
    <th scope="col" aria-sort={own ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onSort(by)}>
        {t(`table.${by}`, { context: countedOf(journey) })}
        <span aria-hidden="true">{own ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Value({ row, column }: { row: Row; column: SortKey }) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const { answer } = row;
  const { answer: board, question } = useBoard();
  // Not measured yet is not unknown.
  if (!board && question) return <i className={styles.waiting} />;
  const unknown = <em>{t('unknown')}</em>;
  // Where the journey starts there is nobody to have left, waited or taken time.
  const starts = answer?.reached != null && (answer.ofPrevious === null || (answer.ofPrevious.rate === null && answer.reached > 0));
  if (starts && (column === 'rate' || column === 'left' || column === 'pending' || column === 'time')) return <span title={t('step.firstHasNone')}>—</span>;
  switch (column) {
    case 'reached':
      return answer?.reached == null ? unknown : <span title={format.full(answer.reached)}>{format.count(answer.reached).text}</span>;
    case 'rate': {
      const rate = answer?.ofPrevious;
      if (!rate || rate.rate === null) return unknown;
      return (
        <span data-small={isSmall(rate)}>
          {format.percent(rate.rate)} <small>({format.interval(rate)}, n = {format.full(rate.n)}{isSmall(rate) ? `, ${t('step.fewWord')}` : ''})</small>
        </span>
      );
    }
    case 'left':
      return answer?.left ? <>{format.count(answer.left.n).text}</> : unknown;
    case 'pending':
      return answer?.pending == null ? unknown : <>{format.count(answer.pending).text}</>;
    case 'time':
      return answer?.time?.medianSeconds == null ? unknown : <>{format.duration(answer.time.medianSeconds)}</>;
    case 'sentiment': {
      const feeling = feelingOf(answer);
      return feeling ? <>{signed(feeling.mean)}<small> (n = {format.full(feeling.n)})</small></> : unknown;
    }
    case 'cost':
    case 'value': {
      const money = answer?.[column];
      return money && money.length > 0 ? <>{format.moneyList(money, 'perCustomer')}</> : unknown;
    }
    case 'change':
      return row.change ? <Change value={row.change.by} unit={row.change.unit === 'points' ? 'points' : 'percent'} good={row.change.clear ? 'up' : null} /> : unknown;
    case 'place':
      return null;
  }
}

// The course of the star: its line, what may still change dashed, the target it is on
// its way to, and the days on which it became the star; hatched where it is too old to be
// known. Direct labels, no axis; the table has every figure.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';
import { goneStyle } from '../metrics/gone';
import { linesOf } from '../metrics/Sparkline';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import type { Reading } from '../tree/model/reading';
import { clearOf } from './clear';
import styles from './StarCourse.module.css';

interface StarCourseProps {
  reading: Reading;
  grain: string;
  /** The day from which on it is the star. */
  since?: string | undefined;
}

export function StarCourse({ reading, grain, since }: StarCourseProps) {
  const { t } = useTranslation('cockpit');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const unit = useUnit(reading.unit);
  const period = usePeriod(grain);
  const { periods } = reading;
  // What a total is to reach is the sum of all periods and has no place beside one.
  const target = reading.target?.reads === 'level' ? reading.target : null;
  const known = periods.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return <p className={styles.none}>{t('star.noCourse')}</p>;
  const all = target ? [...known, target.value] : known;
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const x = (place: number) => (place / (periods.length - 1)) * 100;
  const y = (value: number) => 92 - ((value - low) / span) * 80;
  const at = periods.findIndex(({ from }) => from === reading.now?.from);
  const now = periods[at];
  const first = periods.findIndex(({ value }) => value !== null);
  const reign = since === undefined ? -1 : periods.findIndex(({ from }) => from.slice(0, 10) >= since);
  // On a phone the words beside the day are a third as wide as the course.
  const besideReign = periods.slice(Math.max(0, reign), reign + Math.ceil(periods.length / 3)).flatMap(({ value }) => (value === null ? [] : [y(value)]));
  const aboveTarget = target ? [y(target.value), y(target.value) - 12] : [];
  const targetFrom = target ? Math.max(0, periods.findIndex(({ from }) => from.slice(0, 10) >= target.from)) : 0;
  return (
    <div className={styles.course}>
      <div className={styles.plot}>
      <svg style={goneStyle(periods)} viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={t('star.chart')}>
        {reign > 0 && <line className={styles.reign} x1={x(reign)} x2={x(reign)} y1={4} y2={96} />}
        {target && <line className={styles.target} x1={x(targetFrom)} x2={100} y1={y(target.value)} y2={y(target.value)} />}
        {linesOf(periods).map(({ from, to, open }) => (
          <path key={from} className={styles.line} data-open={open} d={periods.slice(from, to + 1).map(({ value }, i) => `${i === 0 ? 'M' : 'L'}${x(from + i)} ${y(value ?? low)}`).join('')} />
        ))}
        {periods.map((point, place) => (
          <rect key={point.from} className={styles.hover} x={x(place - 0.5)} width={100 / (periods.length - 1)} y={0} height={100}>
            <title>{`${period(point.from)}: ${point.expired ? shell('kept.gone') : `${unit.show(point.value).full} · n = ${format.full(point.n)}${point.partial ? ` · ${t('star.partial')}` : ''}`}`}</title>
          </rect>
        ))}
      </svg>
      {now && now.value !== null && <i className={styles.dot} style={{ left: `${x(at)}%`, top: `${y(now.value)}%` }} />}
      {[...new Set([first, at])].map((place) => {
        const value = periods[place]?.value;
        return (
          value != null && (
            <span key={place} className={styles.value} data-last={place > first} style={{ left: `${x(place)}%`, top: `${y(value)}%` }}>
              {unit.plain(value)}
            </span>
          )
        );
      })}
      {target && (
        <span className={styles.targetLabel} style={{ top: `${y(target.value)}%` }}>
          {t('star.target', { value: unit.plain(target.value), day: format.date(target.to) })}
        </span>
      )}
      {reign > 0 && (
        <span className={styles.reignLabel} style={{ left: `${x(reign)}%`, top: `${clearOf([...besideReign, ...aboveTarget])}%` }}>
          {t('star.reigns')}
        </span>
      )}
      </div>
      <div className={styles.ends} aria-hidden="true">
        <span>{period(periods[0]?.from ?? '')}</span>
        <span>{period(periods.at(-1)?.from ?? '')}</span>
      </div>
    </div>
  );
}

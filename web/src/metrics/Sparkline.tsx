// A series as a line in a row: its course, not its figures, which stand beside it. What is
// too old to be known is hatched.
import { useTranslation } from 'react-i18next';
import type { MetricPoint } from '../api/metric';
import { goneStyle } from './gone';
import styles from './Metrics.module.css';

const width = 160;
const height = 36;
const edge = 3;

export function Sparkline({ points }: { points: MetricPoint[] }) {
  const { t } = useTranslation('shell');
  const hatch = goneStyle(points);
  const said = hatch && t('kept.gone');
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return <span className={styles.spark} style={hatch} title={said} />;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (at: number) => edge + (at / (points.length - 1)) * (width - 2 * edge);
  const y = (value: number) => height - edge - ((value - low) / span) * (height - 2 * edge);
  const stretches = linesOf(points);
  return (
    <svg className={styles.spark} style={hatch} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {said && <title>{said}</title>}
      {stretches.map(({ from, to, open }) => (
        <path key={from} d={points.slice(from, to + 1).map(({ value }, i) => `${i === 0 ? 'M' : 'L'}${x(from + i).toFixed(1)} ${y(value ?? low).toFixed(1)}`).join('')} data-open={open} />
      ))}
    </svg>
  );
}

interface Stretch {
  from: number;
  to: number;
  open: boolean; // leads to a period that may still change
}

/** The stretches of known values, what may still change apart: an unknown period is a gap, not a zero. */
export function linesOf(points: MetricPoint[]): Stretch[] {
  const out: Stretch[] = [];
  for (let at = 1; at < points.length; at++) {
    if (points[at - 1]?.value === null || points[at]?.value === null) continue;
    const open = points[at]?.partial ?? false;
    const last = out.at(-1);
    if (last && last.to === at - 1 && last.open === open) last.to = at;
    else out.push({ from: at - 1, to: at, open });
  }
  return out;
}

import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import styles from './Drawer.module.css';

interface HistogramProps {
  /** [lower bound in seconds, customers], as the answer lists them; the last bin is always empty. */
  bins: [number, number][];
  median: number | null;
  p90: number | null;
}

const width = 276;
const height = 64;

/** How the times are spread, with median and p90 marked; its table is read in place of the picture. */
export function Histogram({ bins, median, p90 }: HistogramProps) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const from = bins[0]?.[0] ?? 0;
  const to = bins.at(-1)?.[0] ?? from;
  const drawn = bins.length > 1 ? bins.slice(0, -1) : bins;
  const most = Math.max(1, ...drawn.map(([, people]) => people));
  const bar = width / drawn.length;
  const x = (seconds: number) => (to > from ? ((seconds - from) / (to - from)) * width : width / 2);
  const next = (i: number) => bins[i + 1]?.[0] ?? null;
  return (
    <>
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" aria-hidden="true">
        {drawn.map(([lower, people], i) => {
          const tall = (people / most) * (height - 6);
          return (
            <rect key={lower} x={i * bar + 0.5} y={height - tall} width={Math.max(1, bar - 1)} height={tall} fill="var(--bar-fill)" rx="1">
              <title>{`${format.duration(lower)} – ${format.duration(next(i))}: ${format.full(people)}`}</title>
            </rect>
          );
        })}
        <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line)" />
        {median !== null && <line x1={x(median)} x2={x(median)} y1={0} y2={height} stroke="var(--ink)" strokeWidth="1.4" />}
        {p90 !== null && <line x1={x(p90)} x2={x(p90)} y1={0} y2={height} stroke="var(--ink)" strokeDasharray="3 3" />}
      </svg>
      <p className={styles.axis} aria-hidden="true">
        <span>{format.duration(from)}</span>
        <span>{t('drawer.marks')}</span>
        <span>{format.duration(to)}</span>
      </p>
      <table className="visually-hidden">
        <caption>{t('drawer.times')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('drawer.from')}</th>
            <th scope="col">{t('flow.customers')}</th>
          </tr>
        </thead>
        <tbody>
          {drawn.map(([lower, people]) => (
            <tr key={lower}>
              <td>{format.duration(lower)}</td>
              <td>{format.full(people)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

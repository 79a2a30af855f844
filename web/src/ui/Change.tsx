import { useFormat } from '../format/useFormat';
import styles from './Change.module.css';

interface ChangeProps {
  /** A difference: of rates (points), relative (percent), or a plain count. */
  value: number | null;
  unit: 'points' | 'percent' | 'count';
  /** Which way is good; null where neither is. */
  good?: 'up' | 'down' | null;
}

/** Direction by arrow and sign, goodness by a colour: two things (rule 6 of every number). */
export function Change({ value, unit, good = 'up' }: ChangeProps) {
  const format = useFormat();
  if (value === null) return <span className={styles.unknown}>{format.percent(null)}</span>;
  const { text, direction } = format.change(value, unit);
  const goodness = direction === 'flat' || good === null ? 'neutral' : direction === good ? 'better' : 'worse';
  return (
    <span className={styles.change} data-direction={direction} data-goodness={goodness}>
      {text}
    </span>
  );
}

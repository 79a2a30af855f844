// A move over the values of a dimension: each with its part of the number and what
// it contributed; of a rate, how much by its weight and how much by its own rate.
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../api/tree';
import { useFormat } from '../format/useFormat';
import { useRowName } from '../metrics/useRowName';
import { useUnit } from '../metrics/useUnit';
import { Move } from './Move';
import { Scroll } from './Scroll';
import type { DimensionMove, SegmentMove } from './model';
import { useMove } from './useMove';
import { useKeyName } from './usePieceName';
import styles from './Why.module.css';

export function DimensionTable({ explanation, dimension }: { explanation: Explanation; dimension: DimensionMove }) {
  const { t } = useTranslation('why');
  const keyName = useKeyName();
  const move = useMove(explanation.unit);
  const { change, unit, good, decimals } = explanation;
  const name = keyName(dimension.dimension);
  if (dimension.problem !== null || change === null) {
    return (
      <section className={styles.dimension}>
        <h3>{name}</h3>
        <p className={styles.hatched}>{dimension.problem ?? t('dimension.none')}</p>
      </section>
    );
  }
  const { mix, rate } = dimension;
  const told = (value: number) => <Move value={value} unit={unit} good={good} decimals={decimals} />;
  const size = Math.max(...dimension.segments.map((segment) => Math.abs(segment.change)), 0);
  return (
    <section className={styles.dimension}>
      <h3>{name}</h3>
      {mix !== null && rate !== null && <p>{t('dimension.mixAndRate', { mix: move.short(mix), rate: move.short(rate) })}</p>}
      {dimension.segments.length === 0 ? (
        <p className={styles.hatched}>{t('dimension.none')}</p>
      ) : (
        <Scroll label={name}>
          <thead>
            <tr>
              <th scope="col">{name}</th>
              <th scope="col">{t('parts.before')}</th>
              <th scope="col">{t('parts.after')}</th>
              {mix !== null && <th scope="col">{t('dimension.mix')}</th>}
              {mix !== null && <th scope="col">{t('dimension.rate')}</th>}
              <th scope="col">{t('parts.change')}</th>
            </tr>
          </thead>
          <tbody>
            {dimension.segments.map((segment, i) => (
              <Segment key={i} segment={segment} unit={unit} isRate={mix !== null} size={size} told={told} />
            ))}
            {dimension.overlap !== 0 && (
              <tr>
                <th scope="row" colSpan={mix === null ? 3 : 5}>
                  {t('piece.overlap')} <small>{t('dimension.overlapWhy')}</small>
                </th>
                <td data-label={t('parts.change')}>{told(dimension.overlap)}</td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                {t('parts.sum')}
              </th>
              {mix !== null && <td data-label={t('dimension.mix')}>{told(mix)}</td>}
              {rate !== null && <td data-label={t('dimension.rate')}>{told(rate)}</td>}
              <td data-label={t('parts.change')}>{told(change)}</td>
            </tr>
          </tfoot>
        </Scroll>
      )}
    </section>
  );
}

interface SegmentProps {
  segment: SegmentMove;
  unit: string;
  isRate: boolean;
  /** The largest change of all, for the length of the bars. */
  size: number;
  told: (value: number) => React.ReactNode;
}

function Segment({ segment, unit, isRate, size, told }: SegmentProps) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const rowName = useRowName();
  const shown = useUnit(unit);
  const amount = ({ value, of }: SegmentMove['before']) => {
    if (!isRate) return shown.plain(value);
    if (of === 0) return '–'; // nobody, so there is no rate
    return (
      <span>
        {shown.plain(value / of)} <small>n = {format.full(of)}</small>
      </span>
    );
  };
  return (
    <tr>
      <th scope="row">{segment.others ? t('piece.others') : rowName(segment.value)}</th>
      <td data-label={t('parts.before')}>{amount(segment.before)}</td>
      <td data-label={t('parts.after')}>{amount(segment.after)}</td>
      {isRate && <td data-label={t('dimension.mix')}>{segment.mix === null ? '–' : told(segment.mix)}</td>}
      {isRate && <td data-label={t('dimension.rate')}>{segment.rate === null ? '–' : told(segment.rate)}</td>}
      <td data-label={t('parts.change')}>
        <span className={styles.reach} aria-hidden="true">
          <i style={{ width: `${size === 0 ? 0 : (Math.abs(segment.change) / size) * 100}%` }} />
        </span>
        {told(segment.change)}
      </td>
    </tr>
  );
}

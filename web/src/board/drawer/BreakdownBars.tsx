import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rate, Scalar, StepAnswer } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { keyName } from '../model/where';
import { clearlyDifferent, isSmall } from '../model/figures';
import type { Spot } from '../model/operation';
import { usualBreakdown } from '../model/question';
import { useBoard } from '../useBoard';
import { useValueName } from '../useValueName';
import styles from './Drawer.module.css';

const shownFirst = 6;

interface Bar {
  value: Scalar | Scalar[];
  rate: Rate;
}

/** The rate of the stage or step among each value of the breakdown, best first. */
export function BreakdownBars({ spot }: { spot: Spot }) {
  const { t } = useTranslation('board');
  const { answer, address } = useBoard();
  const format = useFormat();
  const valueName = useValueName();
  const [all, setAll] = useState(false);
  const by = (address.by ?? usualBreakdown).map((key) => t(`keys_of.${key}`, { defaultValue: keyName(key) })).join(' × ');
  const bars = (answer?.breakdown ?? [])
    .flatMap((row): Bar[] => {
      const stage = row.stages.find((each) => each.id === spot.stage);
      const found: StepAnswer | undefined = spot.step === undefined ? stage : stage?.steps?.find((each) => each.id === spot.step);
      if (!found || found.reached === null) return [];
      // The first stage has no rate of its own: its bar is its share of all who entered.
      const rate = found.ofPrevious ?? shareOf(found.reached, answer?.entered ?? 0);
      return rate.rate === null ? [] : [{ value: row.value, rate }];
    })
    .toSorted((a, b) => (b.rate.rate ?? 0) - (a.rate.rate ?? 0) || b.rate.n - a.rate.n);
  if (bars.length === 0) return null;

  const solid = bars.filter((bar) => !isSmall(bar.rate));
  const [best, last] = [solid[0], solid.at(-1)];
  const worst = best && last && best !== last && clearlyDifferent(best.rate, last.rate) ? last : null;
  const most = Math.max(...bars.map((bar) => bar.rate.rate ?? 0), 0.0001);
  return (
    <section className={styles.section}>
      <h3>{t('drawer.by', { by })}</h3>
      <ul>
        {(all ? bars : bars.slice(0, shownFirst)).map((bar) => (
          <li
            key={JSON.stringify(bar.value)}
            className={styles.bar}
            data-worst={bar === worst}
            data-small={isSmall(bar.rate)}
            title={t('step.rateInFull', { rate: format.percent(bar.rate.rate, 2), interval: format.interval(bar.rate), n: format.full(bar.rate.n) })}
          >
            <i style={{ width: `${((bar.rate.rate ?? 0) / Math.max(most, 0.0001)) * 84}%` }} />
            <b>{valueName(bar.value)}</b>
            <u>
              {bar === worst && <span aria-label={t('drawer.worst')}>▼ </span>}
              {format.percent(bar.rate.rate)}
              {isSmall(bar.rate) && <small> {t('step.few', { n: bar.rate.n })}</small>}
            </u>
          </li>
        ))}
      </ul>
      {bars.length > shownFirst && (
        <button type="button" className={styles.link} onClick={() => setAll(!all)}>
          {all ? t('drawer.fewer') : t('drawer.all', { count: bars.length, shown: format.full(bars.length) })}
        </button>
      )}
    </section>
  );
}

function shareOf(part: number, whole: number): Rate {
  return { rate: whole > 0 ? Math.min(1, part / whole) : null, low: null, high: null, n: whole };
}

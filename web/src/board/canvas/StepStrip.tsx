// The strip of small numbers on a card. What is unknown says so; what is small
// is shown as small.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StepAnswer } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { Change } from '../../ui/Change';
import { halfWidth, isSmall, type ChangeSince } from '../model/figures';
import { countedOf } from '../model/counted';
import { knownMoney, mainMoney } from '../model/leak';
import { feelingOf } from '../model/rows';
import { useSheet, type Numbers } from '../useBoard';
import styles from './StepCard.module.css';

/** 45.1% ± 3.4: the rate of the step before, with its interval and n on hover. */
export function RateOfStep({ answer, first }: { answer: StepAnswer | undefined; first: boolean }) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const { journey } = useSheet();
  if (!answer || answer.reached === null) return null;
  const rate = answer.ofPrevious;
  const unit = t(`unit.${countedOf(journey)}`);
  if (!rate || first || journey.order === 'any') return <small data-unit="">{unit}</small>;
  if (rate.rate === null) return <small>{t('step.ofNobody')}</small>;
  const half = halfWidth(rate);
  const small = isSmall(rate);
  return (
    <small data-small={small} title={t('step.rateInFull', { rate: format.percent(rate.rate, 2), interval: format.interval(rate), n: format.full(rate.n) })}>
      {format.percent(rate.rate)}
      {half !== null && <span> ± {(half * 100).toFixed(1)}</span>}
      {small && <em className={styles.few}> {t('step.few', { n: rate.n })}</em>}
    </small>
  );
}

interface StepStripProps {
  answer: StepAnswer | undefined;
  change: ChangeSince | null;
  comparing: boolean;
  first: boolean;
  hot: boolean;
  currency: Numbers['currency'];
  /** Times and money were not asked for: they come once the hand rests. */
  countsAlone: boolean;
}

export function StepStrip({ answer, change, comparing, first, hot, currency, countsAlone }: StepStripProps) {
  const { t } = useTranslation('board');
  const { journey } = useSheet();
  const counted = countedOf(journey);
  const format = useFormat();
  const feeling = feelingOf(answer);
  return (
    <dl className={styles.strip}>
      <Figure label={t('step.left')} hot={hot} none={first}>
        {answer?.left ? <span title={format.full(answer.left.n)}>{format.count(answer.left.n).text}</span> : null}
      </Figure>
      <Figure label={t('step.median')} hot={hot} none={first} soon={countsAlone}>
        {answer?.time?.medianSeconds != null ? format.duration(answer.time.medianSeconds) : null}
      </Figure>
      <Figure label={t('step.sentiment')} hot={feeling !== null && feeling.mean < 0}>
        {feeling ? <span title={t(`feeling.${feeling.by}N`, { n: format.full(feeling.n) })}>{signed(feeling.mean)}</span> : null}
      </Figure>
      <Figure label={t('step.cost', { context: counted })} soon={countsAlone}>{answer?.cost && answer.cost.length > 0 ? <Money list={answer.cost} currency={currency.cost} /> : null}</Figure>
      {comparing ? (
        <Figure label={t('step.change')}>
          {change ? (
            <span data-clear={change.clear} className={styles.change} title={t(change.clear ? 'step.clear' : 'step.byChance')}>
              <Change value={change.by} unit={change.unit === 'points' ? 'points' : 'percent'} good={change.clear ? 'up' : null} />
            </span>
          ) : null}
        </Figure>
      ) : (
        <Figure label={t('step.ofStart')} none={first}>
          {answer?.ofStart?.rate != null ? (
            <span title={t('step.rateInFull', { rate: format.percent(answer.ofStart.rate, 2), interval: format.interval(answer.ofStart), n: format.full(answer.ofStart.n) })}>
              {format.percent(answer.ofStart.rate)}
            </span>
          ) : null}
        </Figure>
      )}
      <Figure label={t('step.value', { context: counted })} soon={countsAlone}>{answer?.value && answer.value.length > 0 ? <Money list={answer.value} currency={currency.value} /> : null}</Figure>
    </dl>
  );
}

interface FigureProps {
  label: string;
  /** Null is unknown. */
  children: ReactNode;
  hot?: boolean;
  /** There is no such figure: the first step has no step before it. */
  none?: boolean;
  /** It is still to be told. */
  soon?: boolean;
}

function Figure({ label, children, hot = false, none = false, soon = false }: FigureProps) {
  const { t } = useTranslation('board');
  const absent = soon ? <Soon /> : <span className={styles.unknown}>{t('unknown')}</span>;
  return (
    <div>
      <dt>{label}</dt>
      <dd data-hot={hot}>{none ? <span title={t('step.firstHasNone')}>—</span> : (children ?? absent)}</dd>
    </div>
  );
}

/** In the place of a figure that is told once the hand rests. */
export function Soon() {
  const { t } = useTranslation('board');
  return <span title={t('step.soon')}>…</span>;
}

/** The board's currency of a list, and all of them on hover. */
function Money({ list: money, currency }: { list: StepAnswer['value']; currency: string | null }) {
  const format = useFormat();
  const list = knownMoney(money);
  const main = mainMoney(list, currency);
  if (!main) return null;
  const all = list.map((each) => format.money(each.perCustomer, each.currency).full).join(' + ');
  return (
    <span title={all}>
      {format.money(main.perCustomer, main.currency).text}
      {list.length > 1 && <sup>+{list.length - 1}</sup>}
    </span>
  );
}

/** +0.3 or −0.6: feelings go from −2 to +2. */
export function signed(mean: number): string {
  const text = Math.abs(mean).toFixed(1);
  if (text === '0.0') return '0.0';
  return `${mean > 0 ? '+' : '−'}${text}`;
}

// The numbers on a card. A new answer draws only the cards again whose own
// numbers it changes.
import { memo } from 'react';
import { StatNumber } from '../../ui/StatNumber';
import { type Spot } from '../model/operation';
import { same } from '../../drawing/same';
import { useFigures, useNumbers, type Figures, type Numbers } from '../useBoard';
import { RateOfStep, StepStrip } from './StepStrip';
import styles from './StepCard.module.css';

export function StepNumbers({ spot }: { spot: Spot }) {
  const { question, answer, comparing, currency } = useNumbers();
  const { now, change, first, hot } = useFigures(spot);
  // Not measured yet is not unknown.
  return answer ? <Shown now={now} change={change} first={first} hot={hot} comparing={comparing} currency={currency} countsAlone={question?.only === 'counts'} /> : <p className={styles.waiting} />;
}

type ShownProps = Omit<Figures, 'at'> & Pick<Numbers, 'comparing' | 'currency'> & { countsAlone: boolean };

const Shown = memo(function Shown({ now, ...rest }: ShownProps) {
  return (
    <>
      <p className={styles.big}>
        <StatNumber value={now?.reached ?? null} />
        <RateOfStep answer={now} first={rest.first} />
      </p>
      <StepStrip answer={now} {...rest} />
    </>
  );
}, same);

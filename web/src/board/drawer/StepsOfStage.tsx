import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { figuresAt, standingOf } from '../model/figures';
import { useBoard } from '../useBoard';
import { Section } from './Drawer';
import styles from './Drawer.module.css';

/** The steps of a stage beside each other: how many took each, and whether it helps to go on. */
export function StepsOfStage({ stage }: { stage: Stage }) {
  const { t } = useTranslation('board');
  const { journey, answer, nameOf, select } = useBoard();
  const format = useFormat();
  return (
    <Section title={t(`drawer.pass.${stage.pass ?? 'any'}`)}>
      {stage.steps.map((step) => {
        const figures = figuresAt(answer, standingOf(journey, answer, { stage: stage.id, step: step.id }));
        return (
          <p key={step.id} className={styles.person}>
            <button type="button" className={styles.link} onClick={() => select({ stage: stage.id, step: step.id })}>
              {nameOf(step)}
            </button>
            <b>
              {format.count(figures?.reached ?? null).text}
              {figures?.lift != null && <span title={t('drawer.liftHint')}> · {t('drawer.lift')} × {figures.lift.toFixed(2)}</span>}
            </b>
          </p>
        );
      })}
    </Section>
  );
}

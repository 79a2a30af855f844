import { PlusOutlined } from '@ant-design/icons';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { stageAnswer } from '../model/figures';
import { newStep } from '../model/command';
import { addAndName } from '../useBoardKeys';
import { useBoard } from '../useBoard';
import { StepCard } from './StepCard';
import { useDragging } from './dragging';
import styles from './Canvas.module.css';

/** The steps of one stage, one under the other; of a folded stage its name and number, upright. On the board `place` is its column, and the rows it shares with the others. */
export function StageSteps({ stage, at, place }: { stage: Stage; at: number; place?: CSSProperties }) {
  const { t } = useTranslation('board');
  const board = useBoard();
  const { editing, nameOf, answer } = board;
  const format = useFormat();
  const { ref, edge } = useDragging({ stage: stage.id }, editing && stage.steps.length === 0);

  if (board.folded(stage.id)) {
    return (
      <button type="button" className={styles.foldedStage} style={place} onClick={() => board.toggleFold(stage.id)} aria-label={t('stage.unfold', { name: nameOf(stage) })}>
        <span>
          {nameOf(stage)} <b>{format.count(stageAnswer(answer, stage.id)?.reached ?? null).text}</b>
        </span>
      </button>
    );
  }
  return (
    <div className={styles.steps} style={place} ref={ref} data-edge={edge ?? undefined}>
      {stage.steps.map((step, row) => (
        <StepCard key={step.id} stage={stage} step={step} at={at} row={row} />
      ))}
      {editing && (
        <button type="button" className={styles.addStep} data-not-printed="" onClick={() => addAndName(board, newStep(board.journey, { stage: stage.id }, t('new.step')))}>
          <PlusOutlined aria-hidden /> {t('new.addStep')}
        </button>
      )}
    </div>
  );
}

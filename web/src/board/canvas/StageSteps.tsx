import { PlusOutlined } from '@ant-design/icons';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { newStep } from '../model/command';
import { addAndName } from '../useBoardKeys';
import { useFigures, useSheet } from '../useBoard';
import { StepCard } from './StepCard';
import { useDragging } from './dragging';
import styles from './Canvas.module.css';

/** The steps of one stage, one under the other; of a folded stage its name and number, upright. On the board `place` is its column, and the rows it shares with the others. */
export function StageSteps({ stage, place }: { stage: Stage; place?: CSSProperties }) {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const { editing } = sheet;
  const { ref, edge } = useDragging({ stage: stage.id }, editing && stage.steps.length === 0);

  if (sheet.folded(stage.id)) return <FoldedStage stage={stage} place={place} />;
  return (
    <div className={styles.steps} style={place} ref={ref} data-edge={edge ?? undefined}>
      {stage.steps.map((step, row) => (
        <StepCard key={step.id} stage={stage} step={step} row={row} />
      ))}
      {editing && (
        <button type="button" className={styles.addStep} data-not-printed="" onClick={() => addAndName(sheet, newStep(sheet.journey, { stage: stage.id }, t('new.step')))}>
          <PlusOutlined aria-hidden /> {t('new.addStep')}
        </button>
      )}
    </div>
  );
}

function FoldedStage({ stage, place }: { stage: Stage; place?: CSSProperties }) {
  const { t } = useTranslation('board');
  const { nameOf, toggleFold } = useSheet();
  const { now } = useFigures({ stage: stage.id });
  const format = useFormat();
  return (
    <button type="button" className={styles.foldedStage} style={place} onClick={() => toggleFold(stage.id)} aria-label={t('stage.unfold', { name: nameOf(stage) })}>
      <span>
        {nameOf(stage)} <b>{format.count(now?.reached ?? null).text}</b>
      </span>
    </button>
  );
}

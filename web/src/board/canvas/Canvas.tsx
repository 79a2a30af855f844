// The drawn journey: stage headers, step cards, the ribbon of people, the curve
// of feeling, and the lanes of what is known besides.
import { Button } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { newStage } from '../model/command';
import { gap, layColumns } from '../model/geometry';
import { addAndName } from '../useBoardKeys';
import { useNumbers, useSheet } from '../useBoard';
import { useStill } from './dragging';
import { FeelingCurve } from './FeelingCurve';
import { Lanes } from './Lanes';
import { Ribbon } from './Ribbon';
import { StageHeader } from './StageHeader';
import { StageSteps } from './StageSteps';
import styles from './Canvas.module.css';

export const laneWidth = 86;
const addWidth = 40;

export function Canvas() {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const { journey, editing, folded } = sheet;
  const frame = useRef<HTMLDivElement>(null);
  const available = useWidth(frame) - laneWidth - gap - (editing ? addWidth : 0);
  const { columns, width } = layColumns(journey.stages.map((stage) => folded(stage.id)), available);
  // The steps of all stages share their rows, so that the second ones line up as the first do.
  const rows = Math.max(1, ...journey.stages.map((stage) => stage.steps.length)) + (editing ? 1 : 0);

  return (
    <div ref={frame} className={styles.frame}>
      {available > 0 && (
        <Grid
          style={{ gridTemplateColumns: `${laneWidth}px ${columns.map((column) => `${column.width}px`).join(' ')}${editing ? (journey.stages.length > 0 ? ` ${addWidth - gap}px` : ' max-content') : ''}` }}
        >
          <div className={styles.bar} />
          <div className={styles.corner} />
          {journey.stages.map((stage, at) => (
            <StageHeader key={stage.id} stage={stage} at={at} />
          ))}
          {editing && (
            <div className={styles.addStage} style={{ gridColumn: journey.stages.length + 2 }} data-not-printed="">
              <Button
                type="dashed"
                icon={<PlusOutlined aria-hidden />}
                aria-label={t('new.addStage')}
                title={`${t('new.addStage')} (N)`}
                onClick={() => addAndName(sheet, newStage(journey, journey.stages.at(-1) && { stage: journey.stages.at(-1)?.id ?? '' }, t('new.stage'), t('new.step')))}
              >
                {journey.stages.length === 0 && t('new.addStage')}
              </Button>
            </div>
          )}
          {journey.stages.length > 0 && (
            <h2 className={styles.lane} style={{ gridRow: `2 / span ${rows}` }}>
              {t('lanes.steps')}
              <small>{t('lanes.stepsNote')}</small>
            </h2>
          )}
          {journey.stages.map((stage, at) => (
            <StageSteps key={stage.id} stage={stage} place={{ gridRow: `2 / span ${rows}`, gridColumn: at + 2 }} />
          ))}
          {journey.stages.length > 0 && (
            <>
              <h2 className={styles.lane}>
                {t('lanes.flow')}
                <small>{t('lanes.flowNote')}</small>
              </h2>
              <Ribbon columns={columns} width={width} />
              <h2 className={styles.lane}>
                {t('lanes.feeling')}
                <small>{t('lanes.feelingNote')}</small>
              </h2>
              <FeelingCurve columns={columns} width={width} />
              <Lanes />
            </>
          )}
        </Grid>
      )}
    </div>
  );
}

/** The columns of the stages and the rows they share, which stay as they are while something is held. */
function Grid({ style, children }: { style: CSSProperties; children: ReactNode }) {
  const { late } = useNumbers();
  const grid = useRef<HTMLDivElement>(null);
  useStill(grid, 'gridTemplateRows');
  return (
    <div ref={grid} className={styles.board} data-late={late} style={style}>
      {children}
    </div>
  );
}

/** The width an element has, as the window and its neighbours change it. */
export function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

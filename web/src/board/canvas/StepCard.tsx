// One step: its event in small code type, one large number, and what else is
// known of it. A step that is not bound is hatched and offers to be bound.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage, Step } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { Localized } from '../../ui/Localized';
import { StatNumber } from '../../ui/StatNumber';
import { stageBefore, stepAnswer } from '../model/figures';
import { renamed } from '../model/naming';
import { isBound, type Spot } from '../model/operation';
import { stepCode } from '../model/where';
import { useBoard } from '../useBoard';
import { useDragging } from './dragging';
import { focusSpot, spotKey } from './focus';
import { InPlace } from './InPlace';
import { RateOfStep, StepStrip } from './StepStrip';
import { SpotContextMenu, SpotMenuButton } from './SpotMenu';
import styles from './StepCard.module.css';

interface StepCardProps {
  stage: Stage;
  step: Step;
  at: number;
  row: number;
}

export function StepCard({ stage, step, at, row }: StepCardProps) {
  const { t } = useTranslation('board');
  const board = useBoard();
  const { address, answer, before, editing, journey, leak, nameOf } = board;
  const locale = useLocale();
  const spot: Required<Spot> = { stage: stage.id, step: step.id };
  const { ref, edge, held } = useDragging(spot, editing);
  const figures = stepAnswer(answer, stage.id, step.id);
  const first = stageBefore(journey, at, answer) === null;
  const bound = isBound(step);
  const selected = address.at?.stage === stage.id && address.at.step === step.id;
  const renaming = board.renaming?.stage === stage.id && board.renaming.step === step.id;
  const hot = leak?.to.id === stage.id;
  const name = nameOf(step);
  const glow = useGlow(figures?.reached ?? null);

  return (
    <SpotContextMenu spot={spot}>
      <article
        ref={ref}
        className={styles.card}
        data-spot={spotKey(spot)}
        data-first={row === 0}
        data-bound={bound}
        data-hot={hot}
        data-selected={selected}
        data-held={held}
        data-edge={edge ?? undefined}
        data-editing={editing}
        data-glow={glow}
      >
        <div className={styles.head}>
          {renaming ? (
            <InPlace
              open
              value={name}
              label={t('menu.rename')}
              onSave={(to) => board.perform({ do: 'editStep', ...spot, patch: { name: renamed(step.name, locale, to) } })}
              onClose={(byKey) => {
              board.rename(undefined);
              if (byKey) focusSpot(spot);
            }}
            />
          ) : (
            <h3>
              <button
                type="button"
                className={styles.name}
                data-spot-focus=""
                aria-pressed={selected}
                onClick={() => board.select(selected ? undefined : spot)}
                onDoubleClick={() => editing && board.rename(spot)}
              >
                <Localized text={step.name} fallback={step.id} />
              </button>
            </h3>
          )}
          {editing && <SpotMenuButton spot={spot} name={name} />}
        </div>
        {bound ? (
          <>
            <code className={styles.code} title={stepCode(step)}>
              {stepCode(step)}
            </code>
            {answer ? (
              <>
                <p className={styles.big}>
                  <StatNumber value={figures?.reached ?? null} />
                  <RateOfStep answer={figures} first={first} />
                </p>
                <StepStrip answer={figures} before={stepAnswer(before, stage.id, step.id)} first={first} hot={hot} />
              </>
            ) : (
              <p className={styles.waiting} />
            )}
          </>
        ) : (
          <>
            <p className={styles.unmeasured}>{t('step.unmeasured')}</p>
            {editing && (
              <Button size="small" className={styles.bind} onClick={() => board.open({ kind: 'bind', spot })}>
                {t('step.bind')}
              </Button>
            )}
            {!editing && board.mayEdit && (
              <Button
                size="small"
                className={styles.bind}
                onClick={() => {
                  board.go({ edit: true });
                  board.open({ kind: 'bind', spot });
                }}
              >
                {t('step.bind')}
              </Button>
            )}
          </>
        )}
      </article>
    </SpotContextMenu>
  );
}

/** A count that goes up each time the number changes after it was first known: the card glows once for each. */
function useGlow(value: number | null): 'odd' | 'even' | undefined {
  const [{ seen, changes }, see] = useState({ seen: value, changes: 0 });
  if (seen !== value) see({ seen: value, changes: seen === null ? changes : changes + 1 });
  return changes === 0 ? undefined : changes % 2 === 1 ? 'odd' : 'even';
}

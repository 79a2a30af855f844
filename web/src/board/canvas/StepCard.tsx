// One step: its event in small code type, one large number, and what else is
// known of it. A step that is not bound is hatched and offers to be bound.
import { Button } from 'antd';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage, Step } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { Localized } from '../../ui/Localized';
import { renamed } from '../model/naming';
import { isBound, type Spot } from '../model/operation';
import { stepCode } from '../model/where';
import { useFigures, useSheet } from '../useBoard';
import { useDragging } from './dragging';
import { focusSpot, spotKey } from './focus';
import { InPlace } from './InPlace';
import { SpotContextMenu, SpotMenuButton } from './SpotMenu';
import { StepNumbers } from './StepNumbers';
import styles from './StepCard.module.css';

interface StepCardProps {
  stage: Stage;
  step: Step;
  row: number;
}

export function StepCard({ stage, step, row }: StepCardProps) {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const { address, editing, nameOf } = sheet;
  const locale = useLocale();
  const spot: Required<Spot> = { stage: stage.id, step: step.id };
  const bound = isBound(step);
  const selected = address.at?.stage === stage.id && address.at.step === step.id;
  const renaming = sheet.renaming?.stage === stage.id && sheet.renaming.step === step.id;
  const name = nameOf(step);

  return (
    <SpotContextMenu spot={spot}>
      <Frame spot={spot} data-first={row === 0} data-bound={bound} data-selected={selected}>
        <div className={styles.head}>
          {renaming ? (
            <InPlace
              open
              value={name}
              label={t('menu.rename')}
              onSave={(to) => sheet.perform({ do: 'editStep', ...spot, patch: { name: renamed(step.name, locale, to) } })}
              onClose={(byKey) => {
                sheet.rename(undefined);
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
                onClick={() => sheet.select(selected ? undefined : spot)}
                onDoubleClick={() => editing && sheet.rename(spot)}
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
            <StepNumbers spot={spot} />
          </>
        ) : (
          <>
            <p className={styles.unmeasured}>{t('step.unmeasured')}</p>
            {editing && (
              <Button size="small" className={styles.bind} onClick={() => sheet.open({ kind: 'bind', spot })}>
                {t('step.bind')}
              </Button>
            )}
            {!editing && sheet.mayEdit && (
              <Button
                size="small"
                className={styles.bind}
                onClick={() => {
                  sheet.go({ edit: true });
                  sheet.open({ kind: 'bind', spot });
                }}
              >
                {t('step.bind')}
              </Button>
            )}
          </>
        )}
      </Frame>
    </SpotContextMenu>
  );
}

interface FrameProps extends ComponentProps<'article'> {
  spot: Required<Spot>;
}

/** The card around what it says: that it is held, or a step is held over it, that its number changed, or is the worst leak's. */
function Frame({ spot, ref, className, ...props }: FrameProps) {
  const { editing } = useSheet();
  const { ref: both, edge, held } = useDragging(spot, editing, ref);
  const { now, hot } = useFigures(spot);
  const glow = useGlow(now?.reached ?? null);
  return (
    <article
      {...props}
      ref={both}
      className={`${styles.card} ${className ?? ''}`}
      data-spot={spotKey(spot)}
      data-hot={hot}
      data-held={held}
      data-edge={edge ?? undefined}
      data-editing={editing}
      data-glow={glow}
    />
  );
}

/** A count that goes up each time the number changes after it was first known: the card glows once for each. */
function useGlow(value: number | null): 'odd' | 'even' | undefined {
  const [{ seen, changes }, see] = useState({ seen: value, changes: 0 });
  if (seen !== value) see({ seen: value, changes: seen === null ? changes : changes + 1 });
  return changes === 0 ? undefined : changes % 2 === 1 ? 'odd' : 'even';
}

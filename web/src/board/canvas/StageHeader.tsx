import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat, useLocale } from '../../format/useFormat';
import { Localized } from '../../ui/Localized';
import { stageAnswer } from '../model/figures';
import { renamed } from '../model/naming';
import { useBoard } from '../useBoard';
import { useDragging } from './dragging';
import { focusSpot } from './focus';
import { InPlace } from './InPlace';
import { SpotContextMenu, SpotMenuButton } from './SpotMenu';
import styles from './Canvas.module.css';

/** The dark head of a stage; it stays in sight while the board scrolls under it. */
export function StageHeader({ stage, at }: { stage: Stage; at: number }) {
  const { t } = useTranslation('board');
  const board = useBoard();
  const { address, answer, editing, nameOf, folded } = board;
  const locale = useLocale();
  const format = useFormat();
  const spot = { stage: stage.id };
  const { ref, edge, held } = useDragging(spot, editing);
  const isFolded = folded(stage.id);
  const selected = address.at?.stage === stage.id && address.at.step === undefined;
  const renaming = board.renaming?.stage === stage.id && board.renaming.step === undefined;
  const reached = stageAnswer(answer, stage.id)?.reached;
  const name = nameOf(stage);

  return (
    <SpotContextMenu spot={spot}>
      <div
        ref={ref}
        className={styles.stage}
        style={{ gridColumn: at + 2 }}
        data-spot={stage.id}
        data-selected={selected}
        data-held={held}
        data-edge={edge ?? undefined}
        data-folded={isFolded}
        data-editing={editing}
      >
        {renaming ? (
          <InPlace
            open
            value={name}
            label={t('menu.rename')}
            onSave={(to) => board.perform({ do: 'editStage', stage: stage.id, patch: { name: renamed(stage.name, locale, to) } })}
            onClose={(byKey) => {
              board.rename(undefined);
              if (byKey) focusSpot(spot);
            }}
          />
        ) : (
          <h2>
            <button
              type="button"
              className={styles.stageName}
              data-spot-focus=""
              aria-pressed={selected}
              title={name}
              onClick={() => (isFolded ? board.toggleFold(stage.id) : board.select(selected ? undefined : spot))}
              onDoubleClick={() => editing && board.rename(spot)}
              aria-label={t('stage.label', { place: at + 1, name, reached: format.count(reached ?? null).text })}
            >
              {isFolded ? '⋯' : <Localized text={stage.name} fallback={stage.id} />}
            </button>
          </h2>
        )}
        {!isFolded && (
          <small>
            {stage.optional && <span className={styles.optional}>{t('stage.optional')} </span>}
            {at + 1}
          </small>
        )}
        {editing && !isFolded && <SpotMenuButton spot={spot} name={name} />}
      </div>
    </SpotContextMenu>
  );
}

import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat, useLocale } from '../../format/useFormat';
import { Localized } from '../../ui/Localized';
import { renamed } from '../model/naming';
import { useFigures, useSheet } from '../useBoard';
import { useDragging } from './dragging';
import { focusSpot } from './focus';
import { InPlace } from './InPlace';
import { SpotContextMenu, SpotMenuButton } from './SpotMenu';
import styles from './Canvas.module.css';

/** The dark head of a stage; it stays in sight while the board scrolls under it. */
export function StageHeader({ stage, at }: { stage: Stage; at: number }) {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const { address, editing, nameOf, folded } = sheet;
  const anyOrder = sheet.journey.order === 'any';
  const locale = useLocale();
  const spot = { stage: stage.id };
  const { ref, edge, held } = useDragging(spot, editing);
  const isFolded = folded(stage.id);
  const selected = address.at?.stage === stage.id && address.at.step === undefined;
  const renaming = sheet.renaming?.stage === stage.id && sheet.renaming.step === undefined;
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
            onSave={(to) => sheet.perform({ do: 'editStage', stage: stage.id, patch: { name: renamed(stage.name, locale, to) } })}
            onClose={(byKey) => {
              sheet.rename(undefined);
              if (byKey) focusSpot(spot);
            }}
          />
        ) : (
          <h2>
            <StageName stage={stage} at={at} />
          </h2>
        )}
        {!isFolded && (
          <small>
            {stage.optional && <span className={styles.optional}>{t('stage.optional')} </span>}
            {anyOrder ? t('stage.level', { count: at + 1 }) : at + 1}
          </small>
        )}
        {editing && !isFolded && <SpotMenuButton spot={spot} name={name} />}
      </div>
    </SpotContextMenu>
  );
}

/** The name of a stage, which is read aloud with how many reached it. */
function StageName({ stage, at }: { stage: Stage; at: number }) {
  const { t } = useTranslation('board');
  const { journey, address, editing, nameOf, folded, toggleFold, select, rename } = useSheet();
  const { now } = useFigures({ stage: stage.id });
  const format = useFormat();
  const spot = { stage: stage.id };
  const isFolded = folded(stage.id);
  const selected = address.at?.stage === stage.id && address.at.step === undefined;
  const name = nameOf(stage);
  return (
    <button
      type="button"
      className={styles.stageName}
      data-spot-focus=""
      aria-pressed={selected}
      title={name}
      onClick={() => (isFolded ? toggleFold(stage.id) : select(selected ? undefined : spot))}
      onDoubleClick={() => editing && rename(spot)}
      aria-label={t(journey.order === 'any' ? 'stage.labelOfLevel' : 'stage.label', { place: at + 1, name, reached: format.count(now?.reached ?? null).text })}
    >
      {isFolded ? '⋯' : <Localized text={stage.name} fallback={stage.id} />}
    </button>
  );
}

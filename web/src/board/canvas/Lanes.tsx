// What is known of a step besides its numbers, a lane for each kind: read here,
// written here.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage, Step } from '../../api/types';
import type { StepPatch } from '../model/operation';
import { useSheet } from '../useBoard';
import { InPlace } from './InPlace';
import styles from './Canvas.module.css';

export const lanes = ['touchpoint', 'thoughts', 'pains', 'opportunities', 'evidence', 'backstage', 'owner'] as const;
export type Lane = (typeof lanes)[number];

/** What a step holds in a lane; a touchpoint is one text, the others are lists. */
export function itemsOf(step: Step, lane: Lane): string[] {
  if (lane === 'touchpoint') return step.touchpoint ? [step.touchpoint] : [];
  return step[lane] ?? [];
}

/** The change that makes a step hold these items in a lane; empty ones go. */
export function withItems(lane: Lane, items: string[]): StepPatch {
  const kept = items.filter((item) => item.trim() !== '');
  if (lane === 'touchpoint') return { touchpoint: kept[0] };
  return { [lane]: kept.length > 0 ? kept : undefined };
}

export function Lanes() {
  const { journey } = useSheet();
  const [chosen, choose] = useFoldedLanes();
  return lanes.map((lane) => {
    const empty = journey.stages.every((stage) => stage.steps.every((step) => itemsOf(step, lane).length === 0));
    const folded = chosen[lane] ?? empty;
    return <LaneRow key={lane} lane={lane} folded={folded} onToggle={() => choose(lane, !folded)} />;
  });
}

function LaneRow({ lane, folded, onToggle }: { lane: Lane; folded: boolean; onToggle: () => void }) {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const filled = sheet.journey.stages.reduce((sum, stage) => sum + stage.steps.reduce((n, step) => n + itemsOf(step, lane).length, 0), 0);
  return (
    <>
      <h2 className={styles.lane}>
        <button type="button" className={styles.laneFold} aria-expanded={!folded} onClick={onToggle}>
          <span aria-hidden="true">{folded ? '▸' : '▾'}</span>
          {t(`lanes.${lane}`)}
          {folded && filled > 0 && ` (${filled})`}
        </button>
      </h2>
      {sheet.journey.stages.map((stage) =>
        folded ? <div key={stage.id} /> : sheet.folded(stage.id) ? <div key={stage.id} className={styles.cell} /> : <LaneCell key={stage.id} stage={stage} lane={lane} />,
      )}
      {sheet.editing && <div />}
    </>
  );
}

function LaneCell({ stage, lane }: { stage: Stage; lane: Lane }) {
  const { t } = useTranslation('board');
  const { editing, perform, nameOf, address } = useSheet();
  const [adding, setAdding] = useState(false);
  const entries = stage.steps.flatMap((step) => itemsOf(step, lane).map((text, place) => ({ step, text, place })));
  const several = stage.steps.length > 1;
  // What is added belongs to the step that is selected, else to the stage's first.
  const heir = stage.steps.find((step) => address.at?.stage === stage.id && step.id === address.at.step) ?? stage.steps[0];
  const write = (step: Step, items: string[]) => perform({ do: 'editStep', stage: stage.id, step: step.id, patch: withItems(lane, items) });
  const mayAdd = editing && heir !== undefined && !(lane === 'touchpoint' && itemsOf(heir, lane).length > 0);

  return (
    <div className={styles.cell} data-lane={lane} data-filled={entries.length > 0}>
      {entries.length > 0 && (
        <ul>
          {entries.map(({ step, text, place }) => (
            <li key={`${step.id}/${place}/${text}`}>
              {editing ? (
                <InPlace
                  multiline
                  value={text}
                  label={t(`lanes.${lane}`)}
                  onSave={(to) => write(step, itemsOf(step, lane).with(place, to))}
                />
              ) : (
                text
              )}
              {several && <span className={styles.whose}>{nameOf(step)}</span>}
            </li>
          ))}
        </ul>
      )}
      {adding && heir && (
        <InPlace
          open
          multiline
          value=""
          label={t('lanes.add', { lane: t(`lanes.${lane}`) })}
          onSave={(text) => write(heir, [...itemsOf(heir, lane), text])}
          onClose={() => setAdding(false)}
        />
      )}
      {mayAdd && !adding && (
        <button type="button" className={styles.addItem} data-not-printed="" aria-label={t('lanes.addTo', { lane: t(`lanes.${lane}`), step: nameOf(heir) })} onClick={() => setAdding(true)}>
          ＋
        </button>
      )}
    </div>
  );
}

const storageKey = 'beichen.board.lanes';

/** Which lanes a person folded or opened on this device; the others are open when there is something in them. */
function useFoldedLanes(): [Partial<Record<Lane, boolean>>, (lane: Lane, folded: boolean) => void] {
  const [chosen, setChosen] = useState<Partial<Record<Lane, boolean>>>(() => {
    try {
      return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Record<Lane, boolean>>;
    } catch {
      return {};
    }
  });
  return [
    chosen,
    (lane, folded) => {
      const next = { ...chosen, [lane]: folded };
      setChosen(next);
      try {
        localStorage.setItem(storageKey, JSON.stringify(next));
      } catch {
        // Without storage the choice lasts until the page is closed.
      }
    },
  ];
}

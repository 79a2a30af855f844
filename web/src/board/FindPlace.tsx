import { useTranslation } from 'react-i18next';
import { FindDialog, type Findable } from '../ui/FindDialog';
import { focusSpot, spotKey } from './canvas/focus';
import type { Spot } from './model/operation';
import { stepCode } from './model/where';
import { useBoard } from './useBoard';

/** Finds a stage or step by its name or by the event it is bound to, and goes there. */
export function FindPlace({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('board');
  const { journey, nameOf, select, folded, toggleFold } = useBoard();
  const place = (spot: Spot, name: string, detail: string): Findable & { spot: Spot } => ({ key: spotKey(spot), spot, name, detail });
  const places = journey.stages.flatMap((stage) => [
    place({ stage: stage.id }, nameOf(stage), t('find.stage')),
    ...stage.steps.map((step) => place({ stage: stage.id, step: step.id }, nameOf(step), `${nameOf(stage)} · ${stepCode(step)}`)),
  ]);
  const goTo = ({ spot }: { spot: Spot }) => {
    if (folded(spot.stage)) toggleFold(spot.stage);
    select(spot);
    focusSpot(spot);
  };
  return <FindDialog items={places} title={t('find.title')} placeholder={t('find.placeholder')} nothing={t('find.nothing')} onGo={goTo} onClose={onClose} />;
}

import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { focusSpot, spotKey } from './canvas/focus';
import type { Spot } from './model/operation';
import { stepCode } from './model/where';
import { useBoard } from './useBoard';
import styles from './FindDialog.module.css';

/** Finds a stage or step by its name or by the event it is bound to, and goes there. */
export function FindDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('board');
  const { journey, nameOf, select, folded, toggleFold } = useBoard();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const wanted = search.trim().toLowerCase();
  const places = journey.stages.flatMap((stage): { spot: Spot; name: string; detail: string }[] => [
    { spot: { stage: stage.id }, name: nameOf(stage), detail: t('find.stage') },
    ...stage.steps.map((step) => ({ spot: { stage: stage.id, step: step.id }, name: nameOf(step), detail: `${nameOf(stage)} · ${stepCode(step)}` })),
  ]);
  const found = places.filter((place) => `${place.name} ${place.detail}`.toLowerCase().includes(wanted));
  const goTo = (spot: Spot | undefined) => {
    if (!spot) return;
    onClose();
    if (folded(spot.stage)) toggleFold(spot.stage);
    select(spot);
    focusSpot(spot);
  };
  return (
    <Modal open footer={null} title={t('find.title')} onCancel={onClose} width={480}>
      <Input
        autoFocus
        allowClear
        value={search}
        aria-label={t('find.placeholder')}
        placeholder={t('find.placeholder')}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setActive(Math.min(found.length - 1, active + 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
          else if (event.key === 'Enter') goTo(found[active]?.spot);
          else return;
          event.preventDefault();
        }}
      />
      <ul className={styles.found}>
        {found.map((place, i) => (
          <li key={spotKey(place.spot)} data-active={i === active}>
            <button type="button" onClick={() => goTo(place.spot)}>
              {place.name} <small>{place.detail}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{t('find.nothing')}</p>}
    </Modal>
  );
}

// Everything that can be done with a stage or step, in a menu: behind its "…"
// button and behind the right mouse button.
import { MoreOutlined } from '@ant-design/icons';
import { Dropdown, type MenuProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { duplicate, moveBy, moveTo, newStage, newStep, remove, type Direction } from '../model/command';
import { spotOf, type Operation, type Spot } from '../model/operation';
import { addAndName } from '../useBoardKeys';
import { useSheet } from '../useBoard';
import { focusSpot } from './focus';
import styles from './SpotMenu.module.css';

type Items = NonNullable<MenuProps['items']>;

export function useSpotMenu(spot: Spot): Items {
  const { t } = useTranslation('board');
  const sheet = useSheet();
  const { journey, editing, perform, nameOf } = sheet;
  const isStep = spot.step !== undefined;
  const run = (operation: Operation | null) => {
    perform(operation);
    const after = operation && spotOf(operation);
    if (after) focusSpot(after);
  };
  const item = (key: string, keys: string, onClick: () => void, disabled = false) => ({
    key,
    disabled,
    onClick,
    label: (
      <span className={styles.item}>
        {t(`menu.${key}`)}
        {keys && <kbd>{keys}</kbd>}
      </span>
    ),
  });
  const move = (direction: Direction, keys: string) => {
    const operation = moveBy(journey, spot, direction);
    return item(`move-${direction}`, keys, () => run(operation), operation === null);
  };
  const reading: Items = [
    item('open', 'Enter', () => sheet.select(spot)),
    item(sheet.folded(spot.stage) ? 'unfold' : 'fold', 'f', () => sheet.toggleFold(spot.stage)),
  ];
  if (!editing) return reading;
  const drawing: Items = [
    { type: 'divider' },
    item('rename', 'r', () => sheet.rename(spot)),
    ...(spot.step !== undefined
      ? [item('bind', 'b', () => sheet.open({ kind: 'bind', spot: { stage: spot.stage, step: spot.step ?? '' } }))]
      : [item('optional', '', () => toggleOptional())]),
    { type: 'divider' },
    move('left', '⇧H'),
    move('right', '⇧L'),
    ...(isStep
      ? [
          move('up', '⇧K'),
          move('down', '⇧J'),
          {
            key: 'to-stage',
            label: t('menu.to-stage'),
            children: journey.stages
              .filter((stage) => stage.id !== spot.stage)
              .map((stage) => ({ key: `to:${stage.id}`, label: nameOf(stage), onClick: () => run(moveTo(journey, spot, stage.id)) })),
          },
        ]
      : []),
    { type: 'divider' },
    item('new-step', 'n', () => addAndName(sheet, newStep(journey, spot, t('new.step')))),
    item('new-stage', '⇧N', () => addAndName(sheet, newStage(journey, spot, t('new.stage'), t('new.step')))),
    item('duplicate', '', () => run(duplicate(journey, spot))),
    { ...item('delete', 'Del', () => run(remove(journey, spot))), danger: true },
  ];
  function toggleOptional(): void {
    const stage = journey.stages.find((each) => each.id === spot.stage);
    run({ do: 'editStage', stage: spot.stage, patch: { optional: stage?.optional ? undefined : true } });
  }
  return [...reading, ...drawing];
}

/** Opens the menu of a spot with the right mouse button anywhere on its children. */
export function SpotContextMenu({ spot, children }: { spot: Spot; children: ReactNode }) {
  const items = useSpotMenu(spot);
  return (
    <Dropdown menu={{ items }} trigger={['contextMenu']} destroyOnHidden>
      {children}
    </Dropdown>
  );
}

export function SpotMenuButton({ spot, name }: { spot: Spot; name: string }) {
  const { t } = useTranslation('board');
  const items = useSpotMenu(spot);
  return (
    <Dropdown menu={{ items }} trigger={['click']} destroyOnHidden>
      <button type="button" className={styles.more} aria-label={t('menu.title', { name })} data-not-printed="">
        <MoreOutlined aria-hidden />
      </button>
    </Dropdown>
  );
}

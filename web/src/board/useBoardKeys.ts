// The board by keyboard. Keys act on the spot that has the focus, else on what
// is selected; those that change the drawing work only while it is drawn.
import { useEffect, useEffectEvent, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isTyping, useKeys } from '../ui/KeyboardHelp';
import { moveBy, neighbour, newStage, newStep, remove, type Direction } from './model/command';
import { spotOf, type Operation, type Spot } from './model/operation';
import { focusSpot, focusedSpot } from './canvas/focus';
import type { Sheet } from './useBoard';

const directions: Record<string, Direction> = {
  h: 'left', l: 'right', j: 'down', k: 'up',
  ArrowLeft: 'left', ArrowRight: 'right', ArrowDown: 'down', ArrowUp: 'up',
};

export function useBoardKeys(board: Sheet, dialogOpen: boolean): void {
  const { t } = useTranslation('board');
  useKeys(useMemo(() => hints(t, board.mayEdit), [t, board.mayEdit]));
  const onPress = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || isTyping(event) || inOverlay(event.target)) return;
    if (handle(event, board, t)) event.preventDefault();
  });

  useEffect(() => {
    if (dialogOpen) return;
    const press = (event: KeyboardEvent) => onPress(event);
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [dialogOpen]);
}

/** Does what a key means here; false when it means nothing. */
function handle(event: KeyboardEvent, board: Sheet, t: (key: string) => string): boolean {
  const { journey, editing, address } = board;
  const spot = focusedSpot() ?? address.at;
  const control = event.ctrlKey || event.metaKey;

  if (control) {
    const key = event.key.toLowerCase();
    if (!editing || (key !== 'z' && key !== 'y')) return false;
    if (key === 'y' || event.shiftKey) board.redo();
    else board.undo();
    return true;
  }

  const direction = directions[event.key] ?? (event.shiftKey ? directions[event.key.toLowerCase()] : undefined);
  if (direction && address.view === 'board') {
    const arrow = event.key.startsWith('Arrow');
    if (arrow ? event.altKey : event.shiftKey) return editing && spot !== undefined && performAndFollow(board, moveBy(journey, spot, direction));
    if (arrow && !focusedSpot()) return false; // arrows scroll unless a card has the focus
    if (event.altKey) return false;
    const next = neighbour(journey, spot, direction);
    if (!next) return true;
    focusSpot(next);
    if (address.at) board.select(next);
    return true;
  }
  if (event.altKey) return false;

  switch (event.key) {
    case '/':
      board.open({ kind: 'find' });
      return true;
    case 't':
      board.go({ view: address.view === 'table' ? 'board' : 'table' });
      return true;
    case 'f':
      if (spot) board.toggleFold(spot.stage);
      return spot !== undefined;
    case 'e':
      if (spot) followEvidence(board, spot);
      return spot !== undefined;
    case 'Escape':
      if (!address.at) return false;
      board.select(undefined);
      focusSpot(address.at);
      return true;
  }
  if (!editing) return false;

  switch (event.key) {
    case 'n': {
      const into = spot ?? (journey.stages[0] && { stage: journey.stages[0].id });
      return into !== undefined && addAndName(board, newStep(journey, into, t('new.step')));
    }
    case 'N':
      return addAndName(board, newStage(journey, spot, t('new.stage'), t('new.step')));
    case 'r':
    case 'F2':
      if (spot) board.rename(spot);
      return spot !== undefined;
    case 'b':
      if (spot?.step === undefined) return false;
      board.open({ kind: 'bind', spot: { stage: spot.stage, step: spot.step } });
      return true;
    case 'Delete':
    case 'Backspace': {
      if (!spot) return false;
      const heir = neighbour(journey, spot, 'up') ?? neighbour(journey, spot, 'left') ?? neighbour(journey, spot, 'right');
      board.perform(remove(journey, spot));
      if (address.at) board.select(undefined);
      if (heir) focusSpot(heir);
      return true;
    }
  }
  return false;
}

function performAndFollow(board: Sheet, operation: Operation | null): boolean {
  board.perform(operation);
  const spot = operation && spotOf(operation);
  if (spot) {
    focusSpot(spot);
    if (board.address.at) board.select(spot);
  }
  return true;
}

/** Adds a part and puts the caret into its name. */
export function addAndName(board: Sheet, operation: Operation | null): boolean {
  board.perform(operation);
  const spot = operation && spotOf(operation);
  if (spot) board.rename(spot);
  return true;
}

/** Opens the drawer at a step and moves on to what supports it. */
function followEvidence(board: Sheet, spot: Spot): void {
  board.select(spot);
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('board-evidence')?.focus()));
}

function inOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.ant-modal, .ant-dropdown, .ant-popover, .ant-select-dropdown, [role="menu"]') !== null;
}

function hints(t: (key: string) => string, mayEdit: boolean) {
  const reading: [string[], string][] = [
    [['h', 'l'], 'keys.stage'],
    [['j', 'k'], 'keys.step'],
    [['Enter'], 'keys.open'],
    [['e'], 'keys.evidence'],
    [['f'], 'keys.fold'],
    [['/'], 'keys.find'],
    [['t'], 'keys.table'],
  ];
  const drawing: [string[], string][] = [
    [['Shift', 'h j k l'], 'keys.move'],
    [['Alt', '← → ↑ ↓'], 'keys.moveArrows'],
    [['n'], 'keys.newStep'],
    [['N'], 'keys.newStage'],
    [['r', 'F2'], 'keys.rename'],
    [['b'], 'keys.bind'],
    [['Delete'], 'keys.delete'],
    [['Ctrl', 'Z'], 'keys.undo'],
    [['Ctrl', 'Shift', 'Z'], 'keys.redo'],
  ];
  return [...reading, ...(mayEdit ? drawing : [])].map(([keys, does]) => ({ keys, does: t(does) }));
}

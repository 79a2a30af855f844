// The keys of a tree's page; those that walk on the canvas are its own.
import { useEffect, useEffectEvent, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isTyping, useKeys } from '../ui/KeyboardHelp';
import type { Address } from './model/address';

interface TreeKeys {
  address: Address;
  go: (change: Partial<Address>) => void;
  /** The hand, while the tree is drawn. */
  drawing: { undo: () => void; redo: () => void } | null;
  find: () => void;
  off: boolean; // a dialog is open
}

export function useTreeKeys({ address, go, drawing, find, off }: TreeKeys): void {
  const { t } = useTranslation('tree');
  const isDrawn = drawing !== null;
  useKeys(
    useMemo(
      () => [
        { keys: ['↑', '↓'], does: t('keys.along') },
        { keys: ['←', '→'], does: t('keys.beside') },
        { keys: ['Enter'], does: t('keys.open') },
        { keys: ['t'], does: t('keys.table') },
        { keys: ['/'], does: t('keys.find') },
        ...(isDrawn ? [{ keys: ['Alt', '← → ↑ ↓'], does: t('keys.place') }, { keys: ['Ctrl', 'Z'], does: t('header.undo') }, { keys: ['Ctrl', 'Shift', 'Z'], does: t('header.redo') }] : []),
      ],
      [t, isDrawn],
    ),
  );
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || inOverlay(event.target)) return;
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      if (!drawing || (key !== 'z' && key !== 'y') || isWritten(event)) return;
      if (key === 'y' || event.shiftKey) drawing.redo();
      else drawing.undo();
    } else if (isTyping(event)) return;
    else if (event.key === '/') find();
    else if (event.key === 't') go({ view: address.view === 'table' ? 'tree' : 'table' });
    else if (event.key === 'Escape' && address.metric !== undefined) go({ metric: undefined });
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    if (off) return;
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [off]);
}

/** Whether there is text in the field that a key could take back: what one chooses from, and what nobody wrote in, has none. */
function isWritten(event: KeyboardEvent): boolean {
  const { target } = event;
  const isChosen = target instanceof HTMLInputElement && (target.readOnly || target.type === 'radio' || target.dataset.typed === 'false');
  return isTyping(event) && !isChosen;
}

function inOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.ant-modal, .ant-dropdown, .ant-popover, .ant-select-dropdown, .ant-picker-dropdown, [role="menu"]') !== null;
}

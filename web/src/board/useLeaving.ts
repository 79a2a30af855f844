// Work that is not saved is not lost by accident.
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Asks before the screen is left with an unsaved drawing; moving about on the same board is not leaving. */
export function useLeaving(dirty: boolean): void {
  const { t } = useTranslation('board');
  useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname && !window.confirm(t('save.leave')),
    enableBeforeUnload: dirty,
  });
}

// Work that is not saved is not left by accident.
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

interface Place {
  pathname: string;
  search: object;
}

/** Asks before the editor is left with unsaved work; moving between its tabs is not leaving. */
export function useLeaving(dirty: boolean): void {
  const { t } = useTranslation('define');
  useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && !isSameEditor(current, next) && !window.confirm(t('leave')),
    enableBeforeUnload: dirty,
  });
}

function isSameEditor(current: Place, next: Place): boolean {
  const open = ({ search }: Place) => {
    const { define, edit } = search as { define?: string; edit?: string };
    return `${define ?? ''} ${edit ?? ''}`;
  };
  return current.pathname === next.pathname && open(current) === open(next);
}

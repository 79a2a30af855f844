import { useEffect, useState } from 'react';

/**
 * useReturnFocus gives the focus back to whatever had it before a dialog that is
 * mounted while it is open: taken away with the dialog, it would fall to the
 * page, and who goes by keyboard would begin again at the top.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement); // read before the dialog's own fields ask for it
  useEffect(
    () => () => {
      const holder = document.activeElement;
      const lost = holder === null || holder === document.body || !holder.isConnected;
      if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    },
    [opener],
  );
}

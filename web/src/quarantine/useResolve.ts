import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Receipt } from '../api/types';
import { useProblem } from '../ui/States';

export type Which = { ids: string[] } | { reason: string };
export type Replay = Which | { id: string; message: unknown };

/** useResolve plays events again or discards them, says what came of it, and reads the list anew. */
export function useResolve() {
  const { t } = useTranslation('quarantine');
  const client = useQueryClient();
  const { message } = App.useApp();
  const reread = () => client.invalidateQueries({ queryKey: ['quarantine'] });

  const replay = useMutation({
    mutationFn: (which: Replay) => api.post<Receipt>('/quarantine/replay', which),
    onSuccess: (receipt) => {
      const refused = Object.values(receipt.refused ?? {}).reduce((sum, count) => sum + count, receipt.quarantined);
      const text = t('replayed', { stored: receipt.stored, duplicate: receipt.duplicate, refused });
      void (refused > 0 ? message.warning(text, 6) : message.success(text));
    },
    onSettled: reread,
  });
  const discard = useMutation({
    mutationFn: (which: Which) => api.post<{ discarded: number }>('/quarantine/discard', which),
    onSuccess: ({ discarded }) => void message.success(t('discarded', { count: discarded })),
    onSettled: reread,
  });
  return { replay, discard, problem: useProblem(replay.error ?? discard.error), failed: replay.isError || discard.isError };
}

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { sessionQuery } from '../app/queries';

/** useEnter runs what lets a person in (sign-in, set-up, invitation), then opens where they were going. */
export function useEnter(next = '/journeys') {
  const client = useQueryClient();
  const router = useRouter();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const enter = async (knock: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await knock();
      // What another person saw is forgotten; what this page shows is spent by now
      // and must not be asked for again.
      client.removeQueries({ type: 'inactive' });
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      router.history.push(insideOnly(next));
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return { enter, busy, error };
}

/** insideOnly: "next" comes from the address bar, and must not lead to another site. */
export function insideOnly(next: string): string {
  return /^\/(?![/\\])/.test(next) ? next : '/journeys';
}

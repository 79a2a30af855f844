// The numbers behind a drawing. They follow it while it is edited: a question
// is asked when the hand rests, one that was overtaken is aborted, and the
// numbers before it stay until the new ones are there.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import type { Answer, MeasureRequest } from '../api/types';
import { same } from './model/operation';

const restMillis = 250;
const lateMillis = 300;

export interface Measured {
  answer: Answer | undefined;
  error: Error | null;
  /** The answer is of an earlier question, and has been for longer than anyone overlooks. */
  late: boolean;
  loading: boolean; // no numbers yet
  retry: () => void;
}

export function useMeasure(question: MeasureRequest | null): Measured {
  const query = useQuery({
    queryKey: ['measure', question],
    queryFn: ({ signal }) => api.post<Answer>('/measure', question, { signal }),
    enabled: question !== null,
    placeholderData: keepPreviousData,
  });
  const late = useLate(query.isFetching && query.isPlaceholderData);
  return {
    answer: question === null ? undefined : query.data,
    error: query.error,
    late: late || query.isError,
    loading: query.isPending && question !== null,
    retry: () => void query.refetch(),
  };
}

/** A value once it has not changed for a while; the first one at once. */
export function useSettled<T>(value: T, millis = restMillis): T {
  const [settled, settle] = useState(value);
  const unchanged = same(settled, value);
  useEffect(() => {
    if (unchanged) return;
    const timer = setTimeout(() => settle(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis, unchanged]);
  return settled;
}

/** True once something has gone on for 300 ms. */
export function useLate(going: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!going) return;
    const timer = setTimeout(() => setLate(true), lateMillis);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [going]);
  return going && late;
}

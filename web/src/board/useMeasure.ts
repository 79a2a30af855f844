// Numbers of a question. They follow it while it changes: the newest is asked at
// once, one that was overtaken is aborted, and the numbers before it stay until
// the new ones are there.
import { skipToken, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { api } from '../api/client';
import type { Answer, MeasureRequest } from '../api/types';
import { same } from '../drawing/same';

const restMillis = 250;
const lateMillis = 300;

/** A question with its answer, and that to the same question of the period before: numbers of one drawing, always. */
interface Answered {
  question: MeasureRequest;
  answer: Answer;
  before: Answer | undefined;
}

export interface Measured {
  /** What was answered; before the first answer, what is asked. */
  question: MeasureRequest | null;
  answer: Answer | undefined;
  before: Answer | undefined;
  error: Error | null;
  /** The answer is of an earlier question, and has been for longer than anyone overlooks. */
  late: boolean;
  loading: boolean; // no numbers yet
  retry: () => void;
}

export function useMeasure(question: MeasureRequest | null, earlier: MeasureRequest | null = null): Measured {
  const { data, error, isError, isFetching, isPending, refetch } = useQuery({
    queryKey: ['measure', question, earlier],
    queryFn:
      question === null
        ? skipToken
        : async ({ signal }): Promise<Answered> => {
            const ask = (asked: MeasureRequest) => api.post<Answer>('/measure', asked, { signal });
            const [answer, before] = await Promise.all([ask(question), earlier ? ask(earlier) : undefined]);
            return { question, answer, before };
          },
  });
  // What was known last, also where the newest question cannot be answered.
  const [known, know] = useState(data);
  if (data && data !== known) know(data);
  const shown = question === null ? undefined : (data ?? known);
  const retry = useCallback(() => void refetch(), [refetch]);
  const late = useLate(isFetching && data === undefined && known !== undefined);
  return {
    question: shown?.question ?? question,
    answer: shown?.answer,
    before: shown?.before,
    error,
    late: late || isError,
    loading: isPending && shown === undefined && question !== null,
    retry,
  };
}

/** Whether a change from one value to another is heeded at once. */
type AtOnce<T> = (from: T, to: T) => boolean;

/** A value once it has not changed for a while; the first one, and a change that need not wait, at once. */
export function useSettled<T>(value: T, atOnce?: AtOnce<T>, millis = restMillis): T {
  const [settled, settle] = useState(value);
  const unchanged = same(settled, value);
  const now = !unchanged && atOnce?.(settled, value) === true;
  if (now) settle(value);
  useEffect(() => {
    if (unchanged || now) return;
    const timer = setTimeout(() => settle(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis, unchanged, now]);
  return now ? value : settled;
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

// The numbers behind a table. They follow it while it is edited, as those of a
// board do: a question that was overtaken is aborted, and the numbers before it
// stay until the new ones are there, also where there will be none.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { RetentionAnswer, RetentionRequest } from '../api/types';
import { useLate, useSettled } from '../board/useMeasure';

export function useRetention(asked: RetentionRequest) {
  const question = useSettled(asked);
  const query = useQuery({
    queryKey: ['measure', 'retention', question],
    queryFn: ({ signal }) => api.post<RetentionAnswer>('/measure', question, { signal }),
    placeholderData: keepPreviousData,
  });
  const [last, keep] = useState(query.data);
  if (query.data && query.data !== last) keep(query.data);
  const late = useLate(query.isFetching && query.isPlaceholderData);
  return { question, answer: query.data ?? last, error: query.error, late: late || query.isError, retry: () => void query.refetch() };
}

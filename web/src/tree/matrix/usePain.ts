import { useQueries } from '@tanstack/react-query';
import { api, pathOf } from '../../api/client';
import type { TreeAnswer } from '../../api/tree';
import type { Answer, Journey, Revision } from '../../api/types';
import type { Leak } from '../../board/model/leak';
import { painOf, unmeasuredStages } from './model';

export interface Pain {
  journey: string;
  leak: Leak;
}

/** Of all stages without a measure the one that most customers are lost before, by the boards' own numbers as of the same instant. */
export function usePain(answer: TreeAnswer): Pain | null {
  const journeys = answer.matrix.filter((matrix) => unmeasuredStages(matrix).length > 0);
  const drawn = useQueries({
    queries: journeys.map(({ journey }) => ({
      queryKey: ['definitions', 'Journey', journey],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Revision<Journey>>(`/definitions${pathOf('Journey', journey)}`, undefined, signal),
    })),
  });
  const measured = useQueries({
    queries: journeys.map(({ journey }) => {
      const question = { journeyId: journey, asOf: answer.asOf, only: 'counts' };
      return { queryKey: ['measure', 'journey', question], queryFn: ({ signal }: { signal: AbortSignal }) => api.post<Answer>('/measure', question, { signal }) };
    }),
  });
  return journeys.reduce<Pain | null>((worst, matrix, i) => {
    const revision = drawn[i]?.data;
    const numbers = measured[i]?.data;
    const leak = revision && numbers ? painOf(revision.body, numbers, unmeasuredStages(matrix)) : null;
    return leak && (worst === null || leak.lost > worst.leak.lost) ? { journey: matrix.journey, leak } : worst;
  }, null);
}

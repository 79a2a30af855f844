// On a metric's page: what the trees that name it say of it.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { TreeAnswer, TreeSummary } from '../api/tree';
import { Card } from '../ui/Card';
import { Localized } from '../ui/Localized';
import { ProblemNote } from '../ui/ProblemNote';
import { RowsSkeleton } from '../ui/States';
import { VerdictPanel } from './VerdictPanel';
import styles from './Vanity.module.css';

export function VerdictsOf({ metric }: { metric: string }) {
  const { t } = useTranslation('vanity');
  const { data, error } = useQuery({
    queryKey: ['definitions', 'trees'],
    queryFn: ({ signal }) => api.get<{ items: TreeSummary[] }>('/trees', undefined, signal),
  });
  const answers = useQueries({
    queries: (data?.items ?? []).map(({ id }) => ({
      // Not among the measurements: facts that come in every second change no verdict.
      queryKey: ['definitions', 'trees', id, 'measured'],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.post<TreeAnswer>('/measure/tree', { treeId: id }, { signal }),
      staleTime: 5 * 60_000, // it hardly changes within minutes
    })),
  });
  if (data?.items.length === 0) return null;
  const failed = error ?? answers.find((answer) => answer.error)?.error;
  const isWaiting = answers.some((answer) => !answer.data && !answer.error);
  const told = answers.flatMap(({ data: answer }) => {
    const node = answer?.nodes.find((each) => each.metric === metric);
    return answer && node ? [{ answer, node }] : [];
  });
  return (
    <Card title={t('title')} className={styles.card}>
      {told.map(({ answer, node }) => (
        <section key={answer.definition.id}>
          {(data?.items.length ?? 0) > 1 && (
            <h3>
              <Localized text={answer.name} fallback={answer.definition.id} />
            </h3>
          )}
          <VerdictPanel tree={answer.definition.id} answer={answer} node={node} />
        </section>
      ))}
      {failed ? (
        <ProblemNote error={failed} />
      ) : isWaiting || !data ? (
        <>
          <p className={styles.small}>{t('measuring')}</p>
          <RowsSkeleton rows={3} />
        </>
      ) : (
        told.length === 0 && <p className={styles.small}>{t('inNoTree')}</p>
      )}
    </Card>
  );
}

// The paths around a stage, between two, or everywhere: a sentence with what most
// people do, the diagram, and its numbers as a table, on a phone as a list. Every
// number opens to the customers behind it.
import { useQuery } from '@tanstack/react-query';
import { Skeleton } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { PathsAnswer, PathsRequest } from '../../api/types';
import { useMay } from '../../app/permission';
import { usePhone } from '../../app/preferences';
import { EmptyState, ErrorState } from '../../ui/States';
import { anchored, pathsQuestion, type PathChoice } from '../model/paths';
import { useBoard } from '../useBoard';
import type { Chosen } from './graph';
import { PathControls } from './PathControls';
import { PathList, PathTable } from './PathTable';
import { PathSentence } from './PathSentence';
import { useNodeNames } from './useNodeNames';
import styles from './FlowView.module.css';

const Sankey = lazy(() => import('./Sankey'));

export function PathsView({ choice }: { choice: PathChoice }) {
  const { t } = useTranslation('paths');
  const { question, journey, open } = useBoard();
  const phone = usePhone();
  const mayOpen = useMay('editor');
  const at = useMemo(() => anchored(choice, journey), [choice, journey]);
  const asked = useMemo(() => (question && at ? pathsQuestion(question, at) : null), [question, at]);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['measure', 'paths', asked],
    queryFn: ({ signal }) => api.post<PathsAnswer>('/paths', asked, { signal }),
    enabled: asked !== null,
    // The answer before stays while one of its kind is on the way; another would say something else.
    placeholderData: (before, query) => ((query?.queryKey[2] as PathsRequest | null)?.kind === asked?.kind ? before : undefined),
  });
  const names = useNodeNames(at, data);
  const graph = useMemo(() => data && names.graph(data), [data, names]);

  if (!at) return <EmptyState title={t('unbound')}>{t('unboundHint')}</EmptyState>;
  const choose = mayOpen && asked ? (chosen: Chosen) => open({ kind: 'walkers', question: asked, chosen, title: names.title(chosen) }) : undefined;
  return (
    <>
      <PathControls choice={choice} at={at} />
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data || !graph ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : data.links.length === 0 ? (
        <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>
      ) : (
        <div className={styles.flow} aria-busy={isPlaceholderData}>
          <div className={styles.said}>
            <PathSentence answer={data} at={at} names={names} onChoose={choose} />
          </div>
          {phone ? (
            <PathList answer={data} names={names} onChoose={choose} />
          ) : (
            <>
              <section className={styles.card} aria-label={t('chart')}>
                <p className={styles.note}>{t(`note.${at.kind}`)}</p>
                <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} />}>
                  <Sankey graph={graph} onChoose={choose} />
                </Suspense>
              </section>
              <PathTable answer={data} names={names} onChoose={choose} />
            </>
          )}
        </div>
      )}
    </>
  );
}

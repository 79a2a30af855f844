// Leads to the first tree; where there is none, or a new one is wanted, offers trees
// to begin from.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { Starters } from './start/Starters';
import { treesQuery } from './useTree';

export default function TreesPage() {
  const { t } = useTranslation('tree');
  const { begin } = useSearch({ from: '/inside/trees' });
  const { data, error, refetch } = useQuery(treesQuery);
  const navigate = useNavigate();
  const first = begin === undefined ? data?.items[0]?.id : undefined;
  useEffect(() => {
    if (first !== undefined) void navigate({ to: '/trees/$id', params: { id: first }, search: {}, replace: true });
  }, [first, navigate]);
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={t('lead')}
        actions={
          <LinkButton to="/metric" search={{}}>
            {t('header.metrics')}
          </LinkButton>
        }
      />
      <PageBody>{error ? <ErrorState error={error} retry={() => void refetch()} /> : data && first === undefined ? <Starters isFirst={data.items.length === 0} /> : <RowsSkeleton rows={5} />}</PageBody>
    </>
  );
}

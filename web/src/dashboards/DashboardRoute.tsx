import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BackLink, LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { DashboardPage } from './DashboardPage';
import { dashboardQuery } from './queries';

/** The page of one dashboard; it is never reused for another. */
export default function DashboardRoute() {
  const { t } = useTranslation('dashboards');
  const { id } = useParams({ from: '/inside/dashboards/$id' });
  const client = useQueryClient();
  const query = dashboardQuery(id);
  const { data, error, refetch } = useQuery(query);
  if (data && !data.deleted) return <DashboardPage key={id} revision={data} onSaved={(next) => client.setQueryData(query.queryKey, next)} />;
  return (
    <>
      <PageHeader before={<BackLink to="/dashboards" label={t('toAll')} />} title={id} />
      <PageBody>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : data ? (
          <EmptyState title={t('deleted.title')} action={<LinkButton to="/ledger/$kind/$id" params={{ kind: 'Dashboard', id }} search={{}}>{t('deleted.action')}</LinkButton>}>
            {t('deleted.hint')}
          </EmptyState>
        ) : (
          <RowsSkeleton />
        )}
      </PageBody>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { LinkButton, BackLink } from '../ui/Links';
import rows from '../journeys/JourneysPage.module.css';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import type { DashboardSummary } from './model';
import { NewDashboard } from './NewDashboard';
import { dashboardsQuery } from './queries';
import styles from './Dashboards.module.css';

export default function DashboardsPage() {
  const { t } = useTranslation('dashboards');
  const mayEdit = useMay('editor');
  const [making, make] = useState(false);
  const { data, error, refetch } = useQuery(dashboardsQuery);
  const all = data?.items ?? [];
  const mine = all.filter((one) => one.mine);
  const shared = all.filter((one) => !one.mine);
  const create = mayEdit && (
    <Button type="primary" onClick={() => make(true)}>
      {t('new.open')}
    </Button>
  );
  return (
    <>
      <PageHeader before={<BackLink to="/cockpit" search={{}} label={t('back')} />} title={t('title')} meta={t('lead')} actions={all.length > 0 && create} />
      <PageBody>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !data ? (
          <RowsSkeleton rows={4} />
        ) : all.length === 0 ? (
          <EmptyState title={t('empty.title')} action={create || <LinkButton to="/cockpit" search={{}}>{t('back')}</LinkButton>}>
            {t(mayEdit ? 'empty.hint' : 'empty.hintOthers')}
          </EmptyState>
        ) : (
          <>
            {mine.length > 0 && <Group title={t('mine')} items={mine} />}
            {shared.length > 0 && <Group title={t('shared')} items={shared} />}
          </>
        )}
      </PageBody>
      {making && <NewDashboard onClose={() => make(false)} />}
    </>
  );
}

function Group({ title, items }: { title: string; items: DashboardSummary[] }) {
  const { t } = useTranslation('dashboards');
  const format = useFormat();
  return (
    <section className={styles.group}>
      <h2>{title}</h2>
      <ul className={styles.list}>
        {items.map((one) => (
          <li key={one.id} className={styles.row}>
            <h3>
              <Link to="/dashboards/$id" params={{ id: one.id }} search={{}} className={rows.open}>
                <Localized text={one.name} fallback={one.id} />
              </Link>
            </h3>
            <p>
              <Localized text={one.description} />
            </p>
            <p>
              {t('tiles', { count: one.tiles })} · {one.madeBy} · {format.date(one.at)} · {t(one.shared ? 'isShared' : 'isOwn')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

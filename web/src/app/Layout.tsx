// The frame of every screen: the night rail with the areas that exist, and the
// screen beside it; on a phone a bar at the bottom.
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { api } from '../api/client';
import type { QuarantinePage } from '../api/types';
import { useFormat } from '../format/useFormat';
import { KeyboardHelp } from '../ui/KeyboardHelp';
import { Star } from '../ui/Star';
import { AreaIcon, type AreaName } from './icons';
import { useLive } from './live';
import { sessionQuery } from './queries';
import styles from './Layout.module.css';

/** An area, and where else one is in it. */
interface Area {
  name: AreaName;
  to: string;
  also?: string;
}

const areas: Area[] = [
  { name: 'cockpit', to: '/cockpit', also: '/dashboards' },
  { name: 'journeys', to: '/journeys' },
  { name: 'metrics', to: '/trees', also: '/metric' },
  { name: 'customers', to: '/customers' },
  { name: 'ledger', to: '/ledger' },
];
const foot: Area[] = [
  { name: 'quarantine', to: '/quarantine' },
  { name: 'settings', to: '/settings' },
];

export function Layout() {
  const { t } = useTranslation('shell');
  const { data: session } = useQuery(sessionQuery);
  const { moving } = useLive();
  return (
    <div className={styles.frame} data-colors={session?.workspace.goodColors ?? 'default'}>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <nav className={styles.rail} aria-label={t('areas.title')}>
        <Link to="/" className={styles.logo} aria-label="Beichen 北辰" tabIndex={-1}>
          <Star />
        </Link>
        <ul className={styles.areas}>
          {areas.map((area) => (
            <RailLink key={area.name} {...area} />
          ))}
        </ul>
        <ul className={styles.foot}>
          {foot.map((area) => (
            <RailLink key={area.name} {...area} badge={area.name === 'quarantine' ? <Waiting /> : null} />
          ))}
        </ul>
      </nav>
      <main id="main" className={styles.main} tabIndex={-1}>
        {session?.demo && <p className={styles.demo} title={t('demo', { workspace: session.workspace.name })}>{t('demo', { workspace: session.workspace.name })}</p>}
        <div role="status">{moving && <p className={styles.moving}>{t('moving')}</p>}</div>
        <Outlet />
      </main>
      <KeyboardHelp />
    </div>
  );
}

function RailLink({ name, to, also = to, badge }: Area & { badge?: ReactNode }) {
  const { t } = useTranslation('shell');
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = [to, also].some((root) => path === root || path.startsWith(`${root}/`));
  return (
    <li>
      <Link to={to} className={styles.area} aria-current={here ? 'page' : undefined}>
        <AreaIcon name={name} />
        <span>{t(`areas.${name}`)}</span>
        {badge}
      </Link>
    </li>
  );
}

/** How many events wait in the quarantine; silent at none, and to those who may not see. */
function Waiting() {
  const { t } = useTranslation('shell');
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ['quarantine', 'waiting'],
    queryFn: ({ signal }) => api.get<QuarantinePage>('/quarantine', { status: 'open', limit: 1 }, signal),
    retry: false,
  });
  if (!data || data.total === 0) return null;
  const shown = format.count(data.total);
  return (
    <span className={styles.waiting} title={t('areas.waiting', { count: data.total, shown: shown.full })}>
      <span aria-hidden="true">{data.total > 99 ? '99+' : data.total}</span>
      <span className="visually-hidden">{t('areas.waiting', { count: data.total, shown: shown.full })}</span>
    </span>
  );
}

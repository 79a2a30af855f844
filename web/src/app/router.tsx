// Every route of the screen. A screen is a chunk of its own, fetched when it is
// first opened; search parameters are plain strings, so that URLs stay readable.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type ErrorComponentProps,
  type RouterHistory,
} from '@tanstack/react-router';
import { ApiError, queryOf } from '../api/client';
import { changeLocale } from '../i18n';
import { currentQuery } from '../ledger/queries';
import { PageBody } from '../ui/PageHeader';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { Layout } from './Layout';
import { NotFound } from './NotFound';
import { preferences } from './preferences';
import { sessionQuery } from './queries';

export type Search = Record<string, string | undefined>;

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: Failed, notFoundComponent: NotFound });

/** Screens for members: a stranger is sent to sign in, or to be told of the set-up link. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.client.ensureQueryData(sessionQuery);
      if (!preferences().locale) await changeLocale(session.member.locale ?? session.workspace.locale);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (error.key === 'access.set-up') throw redirect({ to: '/setup', search: {} });
      throw redirect({ to: '/signin', search: { next: location.href } });
    }
  },
  component: Layout,
  errorComponent: Failed,
  notFoundComponent: NotFound,
});

function Pending() {
  return (
    <PageBody>
      <RowsSkeleton />
    </PageBody>
  );
}

function Failed({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} retry={reset} />;
}

const search = { validateSearch: (given: Record<string, unknown>) => given as Search };

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  // To the cockpit where there is a tree to look at, else to where everything begins.
  beforeLoad: async ({ context }) => {
    const { items } = await context.client.ensureQueryData(currentQuery(false));
    throw redirect({ to: items.some(({ kind }) => kind === 'Tree') ? '/cockpit' : '/journeys' });
  },
});
const cockpit = createRoute({
  getParentRoute: () => inside,
  path: '/cockpit',
  ...search,
  component: lazyRouteComponent(() => import('../cockpit/CockpitPage')),
});
const dashboards = createRoute({
  getParentRoute: () => inside,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('../dashboards/DashboardsPage')),
});
const dashboard = createRoute({
  getParentRoute: () => inside,
  path: '/dashboards/$id',
  ...search,
  component: lazyRouteComponent(() => import('../dashboards/DashboardRoute')),
});
const journeys = createRoute({
  getParentRoute: () => inside,
  path: '/journeys',
  component: lazyRouteComponent(() => import('../journeys/JourneysPage')),
});
const journey = createRoute({
  getParentRoute: () => inside,
  path: '/journeys/$id',
  ...search,
  component: lazyRouteComponent(() => import('../journeys/JourneyRoute')),
});
const retention = createRoute({
  getParentRoute: () => inside,
  path: '/journeys/retention/$id',
  ...search,
  component: lazyRouteComponent(() => import('../retention/RetentionRoute')),
});
// Not /metrics: there the server tells monitoring how it is.
const metrics = createRoute({
  getParentRoute: () => inside,
  path: '/metric',
  ...search,
  component: lazyRouteComponent(() => import('../metrics/MetricsPage')),
});
const metric = createRoute({
  getParentRoute: () => inside,
  path: '/metric/$id',
  ...search,
  component: lazyRouteComponent(() => import('../metrics/MetricRoute')),
});
const trees = createRoute({
  getParentRoute: () => inside,
  path: '/trees',
  ...search,
  component: lazyRouteComponent(() => import('../tree/TreesPage')),
});
const metricTree = createRoute({
  getParentRoute: () => inside,
  path: '/trees/$id',
  ...search,
  component: lazyRouteComponent(() => import('../tree/TreeRoute')),
});
const customers = createRoute({
  getParentRoute: () => inside,
  path: '/customers',
  ...search,
  component: lazyRouteComponent(() => import('../customers/CustomersPage')),
});
const customer = createRoute({
  getParentRoute: () => inside,
  path: '/customers/$id',
  ...search,
  component: lazyRouteComponent(() => import('../customers/CustomerPage')),
});
const ledger = createRoute({
  getParentRoute: () => inside,
  path: '/ledger',
  ...search,
  component: lazyRouteComponent(() => import('../ledger/LedgerPage')),
});
const definition = createRoute({
  getParentRoute: () => inside,
  path: '/ledger/$kind/$id',
  ...search,
  component: lazyRouteComponent(() => import('../ledger/DefinitionPage')),
});
const quarantine = createRoute({
  getParentRoute: () => inside,
  path: '/quarantine',
  ...search,
  component: lazyRouteComponent(() => import('../quarantine/QuarantinePage')),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/SettingsPage')),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'workspace' } });
  },
});
const settingsSection = createRoute({
  getParentRoute: () => settings,
  path: '$section',
  component: lazyRouteComponent(() => import('../settings/SettingsSection')),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  ...search,
  component: lazyRouteComponent(() => import('../session/SignInPage')),
});
const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  ...search,
  component: lazyRouteComponent(() => import('../session/SetUpPage')),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('../session/InvitePage')),
});

const tree = root.addChildren([
  inside.addChildren([
    home,
    cockpit,
    dashboards,
    dashboard,
    journeys,
    journey,
    retention,
    metrics,
    metric,
    trees,
    metricTree,
    customers,
    customer,
    ledger,
    definition,
    quarantine,
    settings.addChildren([settingsHome, settingsSection]),
  ]),
  signIn,
  setUp,
  invite,
]);

/** history: the browser's, unless a test brings its own. */
export function createAppRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    history,
    context: { client },
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (given) => queryOf(given as Search),
    defaultPendingComponent: Pending,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}


import { queryOptions } from '@tanstack/react-query';
import { api, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import type { Dashboard, DashboardSummary } from './model';

/** The dashboards that are shared, and one's own. */
export const dashboardsQuery = queryOptions({
  queryKey: ['definitions', 'dashboards'],
  queryFn: ({ signal }) => api.get<{ items: DashboardSummary[] }>('/dashboards', undefined, signal),
});

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ['definitions', 'Dashboard', id],
    queryFn: ({ signal }) => api.get<Revision<Dashboard>>(`/definitions${pathOf('Dashboard', id)}`, undefined, signal),
  });

/** Writes a dashboard over the version that was seen; 0 makes a new one. */
export function writeDashboard(dashboard: Dashboard, reason: string, seen: number): Promise<Revision<Dashboard>> {
  return api.put<Revision<Dashboard>>(`/definitions${pathOf('Dashboard', dashboard.id)}`, { body: dashboard, reason }, { ifMatch: seen });
}

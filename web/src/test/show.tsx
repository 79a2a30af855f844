// Shows one view by itself, to the member of test/server.ts and in English unless
// a test says otherwise: for views that pages put together, without the pages.
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render, type RenderResult } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { person } from './user';
import { App } from 'antd';
import type { ReactNode } from 'react';
import { createQueryClient } from '../app/queries';
import { startI18n } from '../i18n';
import { queryOf, type Query } from '../api/client';
import type { Locale, Session } from '../api/types';
import { session } from './server';

interface Shown extends RenderResult {
  user: UserEvent;
  router: { state: { location: { search: unknown } } };
}

interface ShowOptions {
  as?: Session;
  locale?: Locale;
  address?: string;
}

export async function show(view: ReactNode, { as = session, locale = 'en', address = '/' }: ShowOptions = {}): Promise<Shown> {
  await startI18n(locale);
  const client = createQueryClient();
  client.setQueryData(['session'], as);
  const router = createRouter({
    routeTree: createRootRoute({ component: () => view }),
    history: createMemoryHistory({ initialEntries: [address] }),
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (given) => queryOf(given as Query),
  });
  const shown = render(
    <QueryClientProvider client={client}>
      <App>
        <RouterProvider router={router as never} />
      </App>
    </QueryClientProvider>,
  );
  return { ...shown, user: person(), router };
}

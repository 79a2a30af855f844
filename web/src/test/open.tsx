// Opens the whole screen at an address, as a browser would.
import { createMemoryHistory } from '@tanstack/react-router';
import { render, type RenderResult } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { person } from './user';
import { App } from '../app/App';
import { prefer } from '../app/preferences';
import { createQueryClient } from '../app/queries';
import { createAppRouter, type AppRouter } from '../app/router';
import { startI18n } from '../i18n';
import type { Locale } from '../api/types';

export interface Opened extends RenderResult {
  user: UserEvent;
  router: AppRouter;
}

export async function open(address: string, locale: Locale = 'zh-Hant'): Promise<Opened> {
  prefer({ theme: 'light', locale, rocYears: false });
  await startI18n(locale);
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const router = createAppRouter(client, createMemoryHistory({ initialEntries: [address] }));
  return { ...render(<App client={client} router={router} />), user: person(), router };
}

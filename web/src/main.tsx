import './app/tokens.css';
import './app/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { whenSignedOut } from './api/client';
import { App } from './app/App';
import { preferences } from './app/preferences';
import { createQueryClient } from './app/queries';
import { createAppRouter } from './app/router';
import { defaultLocale, startI18n } from './i18n';

const client = createQueryClient();
const router = createAppRouter(client);

// A session that ended while a screen was open: sign in, then back to the same place.
whenSignedOut(() => {
  if (router.state.location.pathname === '/signin') return;
  const next = router.state.location.href;
  client.clear();
  void router.navigate({ to: '/signin', search: { next } });
});

await startI18n(preferences().locale ?? defaultLocale);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App client={client} router={router} />
  </StrictMode>,
);

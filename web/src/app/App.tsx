import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as AntdApp, ConfigProvider } from 'antd';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { antdLocale } from '../i18n';
import { useDark } from './preferences';
import type { AppRouter } from './router';
import { themeOf } from './theme';

export function App({ client, router }: { client: QueryClient; router: AppRouter }) {
  const { i18n } = useTranslation();
  const dark = useDark();
  const theme = useMemo(() => themeOf(dark, i18n.language), [dark, i18n.language]);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }, [dark]);
  return (
    <ConfigProvider theme={theme} locale={antdLocale(i18n.language)} button={{ autoInsertSpace: false }}>
      <AntdApp component={false}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}

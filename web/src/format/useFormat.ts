import { useMemo } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../app/preferences';
import type { Locale, Session } from '../api/types';
import { defaultLocale, isLocale } from '../i18n';
import { createFormat, type Format } from './format';

/** The language the screen is in now. */
export function useLocale(): Locale {
  const { i18n } = useTranslation();
  return isLocale(i18n.language) ? i18n.language : defaultLocale;
}

/** Numbers and dates in the reader's language and the workspace's time zone. */
export function useFormat(): Format {
  const locale = useLocale();
  const { rocYears } = usePreferences();
  const timezone = useQueryClient().getQueryData<Session>(['session'])?.workspace.timezone ?? 'UTC';
  return useMemo(() => createFormat({ locale, timezone, rocYears }), [locale, timezone, rocYears]);
}

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
  return formatOf(locale, timezone, rocYears);
}

const formats = new Map<string, Format>();

/** One format for all who speak the same way. */
function formatOf(locale: Locale, timezone: string, rocYears: boolean): Format {
  const key = `${locale} ${timezone} ${rocYears}`;
  const format = formats.get(key) ?? createFormat({ locale, timezone, rocYears });
  formats.set(key, format);
  return format;
}

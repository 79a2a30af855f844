import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Locale, Session } from '../api/types';
import { useLocale } from '../format/useFormat';
import { changeLocale, locales } from '../i18n';
import { prefer } from './preferences';
import styles from './HeaderTools.module.css';

const short: Record<Locale, string> = { 'zh-Hant': '繁', 'zh-Hans': '简', en: 'EN' };
const long: Record<Locale, string> = { 'zh-Hant': '繁體中文', 'zh-Hans': '简体中文', en: 'English' };

/** One click changes the language of everything, here and wherever the member signs in next. */
export function LanguageSwitch() {
  const { t } = useTranslation('shell');
  const now = useLocale();
  const client = useQueryClient();

  const choose = async (locale: Locale) => {
    prefer({ locale });
    await changeLocale(locale);
    const session = client.getQueryData<Session>(['session']);
    if (session && session.member.locale !== locale) {
      client.setQueryData<Session>(['session'], { ...session, member: { ...session.member, locale } });
      // The device remembers; the member's own record follows when it can.
      api.patch(`/members${pathOf(session.member.id)}`, { locale }).catch(() => undefined);
    }
    // Titles that the server words (reasons, faults) come again in the new language.
    void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' && query.queryKey[0] !== 'measure' });
  };

  return (
    <div className={styles.languages} role="group" aria-label={t('language')}>
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={locale === now}
          aria-label={long[locale].includes(short[locale]) ? long[locale] : `${short[locale]} ${long[locale]}`}
          title={long[locale]}
          onClick={() => void choose(locale)}
        >
          {short[locale]}
        </button>
      ))}
    </div>
  );
}

// Language in one click, and the member's own menu: theme, calendar, sign out.
import { useNavigate } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useLocale } from '../format/useFormat';
import { LanguageSwitch } from './LanguageSwitch';
import { prefer, themes, usePreferences } from './preferences';
import { sessionQuery } from './queries';
import styles from './HeaderTools.module.css';

export function HeaderTools() {
  return (
    <div className={styles.tools}>
      <LanguageSwitch />
      <MemberMenu />
    </div>
  );
}

function MemberMenu() {
  const { t } = useTranslation('shell');
  const { data: session } = useQuery(sessionQuery);
  const { theme, rocYears } = usePreferences();
  const locale = useLocale();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  if (!session) return null;

  const signOut = async () => {
    await api.delete('/session');
    client.clear();
    await navigate({ to: '/signin' });
  };
  const items: NonNullable<MenuProps['items']> = [
    {
      key: 'me',
      type: 'group',
      label: (
        <span className={styles.me}>
          <b>{session.member.name}</b>
          <span>{session.member.email}</span>
          <span>{t(`roles.${session.member.role}`)}</span>
        </span>
      ),
    },
    { type: 'divider' },
    {
      key: 'themes',
      type: 'group',
      label: t('theme.title'),
      children: themes.map((one) => ({
        key: `theme-${one}`,
        label: `${one === theme ? '✓ ' : ''}${t(`theme.${one}`)}`,
        onClick: () => prefer({ theme: one }),
      })),
    },
    { type: 'divider' },
    ...(locale === 'zh-Hant'
      ? [{ key: 'roc', label: `${rocYears ? '✓ ' : ''}${t('roc')}`, onClick: () => prefer({ rocYears: !rocYears }) }]
      : []),
    { key: 'account', label: t('account'), onClick: () => void navigate({ to: '/settings/$section', params: { section: 'account' } }) },
    ...(session.demo
      ? []
      : [
          {
            key: 'out',
            label: t('signOut'),
            onClick: () => void modal.confirm({ title: t('signOutQuestion'), okText: t('signOut'), onOk: signOut, icon: null }),
          },
        ]),
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <button type="button" className={styles.avatar} aria-label={t('memberMenu', { name: session.member.name })}>
        <span aria-hidden="true">{initialOf(session.member.name)}</span>
      </button>
    </Dropdown>
  );
}

/** The family name of a Chinese name, the first letter of another. */
export function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '·';
}

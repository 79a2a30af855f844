import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { sections } from './sections';
import styles from './Settings.module.css';

/** The settings: a list of sections, and the one that is open. */
export default function SettingsPage() {
  const { t } = useTranslation('settings');
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <>
      <PageHeader title={t('title')} />
      <PageBody>
        <div className={styles.columns}>
          <nav aria-label={t('title')} className={styles.sections}>
            {sections.map((section) => {
              const isOpen = path === `/settings/${section}`;
              return (
                <Link
                  key={section}
                  ref={isOpen ? intoView : undefined}
                  to="/settings/$section"
                  params={{ section }}
                  aria-current={isOpen ? 'page' : undefined}
                >
                  {t(`section.${section}`)}
                </Link>
              );
            })}
          </nav>
          <div className={styles.content}>
            <Outlet />
          </div>
        </div>
      </PageBody>
    </>
  );
}

/** On a phone the list is a strip that scrolls: the open section must be seen, and that there are others beside it. */
function intoView(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

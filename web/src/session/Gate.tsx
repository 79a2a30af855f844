import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../app/LanguageSwitch';
import { Star } from '../ui/Star';
import styles from './Gate.module.css';

/** The frame of the screens a stranger may see. */
export function Gate({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  const { t } = useTranslation('session');
  useEffect(() => {
    document.title = `${title} · Beichen 北辰`;
  }, [title]);
  return (
    <div className={styles.gate}>
      <header className={styles.top}>
        <LanguageSwitch />
      </header>
      <main className={styles.middle}>
        <div className={styles.brand}>
          <Star className={styles.star} />
          <p className={styles.name} lang="zh-Hant">
            北辰
          </p>
          <p className={styles.motto} lang="zh-Hant">
            居其所而眾星共之
          </p>
        </div>
        <section className={styles.card}>
          <h1>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
          {children}
        </section>
        <p className={styles.foot}>{t('foot')}</p>
      </main>
    </div>
  );
}

import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { HeaderTools } from '../app/HeaderTools';
import styles from './PageHeader.module.css';

interface PageHeaderProps {
  title: ReactNode;
  /** The title in the browser's tab, where `title` is not plain text. */
  documentTitle?: string;
  /** Before the title: a way back. */
  before?: ReactNode;
  badge?: ReactNode;
  /** Version, author, as-of: small, after the title. */
  meta?: ReactNode;
  actions?: ReactNode;
}

/** The one header of a screen: its title and actions, then language, theme and the member. */
export function PageHeader({ title, documentTitle, before, badge, meta, actions }: PageHeaderProps) {
  const name = documentTitle ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = name ? `${name} · Beichen 北辰` : 'Beichen 北辰';
  }, [name]);
  return (
    <header className={styles.header}>
      {before}
      <h1 className={styles.title}>{title}</h1>
      {badge && <span className={styles.badge}>{badge}</span>}
      {meta && <span className={styles.meta}>{meta}</span>}
      <div className={styles.right}>
        {actions && <div className={styles.actions}>{actions}</div>}
        <HeaderTools />
      </div>
    </header>
  );
}

/** The scrolling middle of a screen under its header. */
export function PageBody({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return <div className={narrow ? `${styles.body} ${styles.narrow}` : styles.body}>{children}</div>;
}

import type { ReactNode } from 'react';
import styles from './Card.module.css';

interface CardProps {
  title?: ReactNode;
  /** Small, at the right of the title: a count, an owner, a way on. */
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A white card on the paper. */
export function Card({ title, extra, children, className }: CardProps) {
  return (
    <section className={className ? `${styles.card} ${className}` : styles.card}>
      {(title !== undefined || extra !== undefined) && (
        <div className={styles.head}>
          {title !== undefined && <h2>{title}</h2>}
          {extra !== undefined && <div className={styles.extra}>{extra}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

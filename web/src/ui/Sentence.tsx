import type { ReactNode } from 'react';
import styles from './Sentence.module.css';

interface SentenceProps {
  /** What the screen found, in words, with the number and its n. */
  children: ReactNode;
  /** The way to the evidence. */
  action?: ReactNode;
  tone?: 'finding' | 'calm';
}

/** The sentence each screen opens with. */
export function Sentence({ children, action, tone = 'finding' }: SentenceProps) {
  return (
    <div className={tone === 'finding' ? styles.finding : styles.calm}>
      <span className={styles.mark} aria-hidden="true">
        ✦
      </span>
      <p>{children}</p>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

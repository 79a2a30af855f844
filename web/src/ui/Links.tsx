import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import styles from './Links.module.css';

type Anchor = AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> };

/** The way back, before a title; its label says where to. */
export const BackLink = createLink(
  ({ label, ...props }: Anchor & { label: string }) => (
    <a {...props} className={styles.back} aria-label={label}>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d="M10 3L5 8l5 5" />
      </svg>
    </a>
  ),
);

/** A link that looks like a button: it opens another screen, and may open in another tab. */
export const LinkButton = createLink((props: Anchor) => (
  <a {...props} className={styles.button}>
    {props.children}
  </a>
));

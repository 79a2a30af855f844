import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { pathOf, queryOf } from '../api/client';

/** The way to a metric in its tree: what moves it, and the evidence of its verdict. */
export function TreeLink({ tree, metric, view, className, children }: { tree: string; metric?: string; view?: string; className?: string; children: ReactNode }) {
  const router = useRouter();
  const href = `/trees${pathOf(tree)}${queryOf({ view, metric })}`;
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(href);
  };
  return (
    <a href={href} className={className} onClick={follow}>
      {children}
    </a>
  );
}

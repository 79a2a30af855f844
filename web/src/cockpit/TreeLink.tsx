import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useScope } from '../board/filter/useScope';
import { searchOfScope } from '../board/model/scope';

/** The way to a metric in its tree: what moves it, and the evidence of its verdict. */
export function TreeLink({ tree, metric, view, className, children }: { tree: string; metric?: string; view?: string; className?: string; children: ReactNode }) {
  const scope = useScope();
  return (
    <Link to="/trees/$id" params={{ id: tree }} search={{ view, metric, ...searchOfScope(scope) }} className={className}>
      {children}
    </Link>
  );
}

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { customerSearch } from './question';

/** How a row of a list names a customer: who has a timeline is a link to it. */
export function timelineLink(subject: string): (row: { id: string; name: string | null }) => ReactNode {
  if (subject !== 'person' && subject !== 'account') return ({ id }) => id;
  return function link({ id, name }) {
    return (
      <Link to="/customers/$id" params={{ id }} search={customerSearch(subject)} title={id}>
        {name ?? id}
      </Link>
    );
  };
}

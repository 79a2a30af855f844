import { Link } from '@tanstack/react-router';
import { useBoard } from '../useBoard';
import { customerSearch } from './people';

/** A customer by name, leading to their timeline with the counted events marked. */
export function CustomerLink({ id, name }: { id: string; name: string | null }) {
  const { answer, journey, revision, address } = useBoard();
  const search = customerSearch(answer?.rule.subject ?? journey.subject ?? 'person', revision.id, address);
  if (!search) return <span>{id}</span>;
  return (
    <Link to="/customers/$id" params={{ id }} search={search} title={id}>
      {name ?? id}
    </Link>
  );
}

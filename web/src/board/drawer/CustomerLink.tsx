import { Link } from '@tanstack/react-router';
import { customerSearch } from '../../customers/question';
import { useBoard } from '../useBoard';

/** A customer by name, leading to their timeline with the counted events marked. */
export function CustomerLink({ id, name }: { id: string; name: string | null }) {
  const { answer, journey, question } = useBoard();
  const subject = answer?.rule.subject ?? journey.subject ?? 'person';
  // The value of a key is nobody's page.
  if (subject !== 'person' && subject !== 'account') return <span>{id}</span>;
  return (
    <Link to="/customers/$id" params={{ id }} search={customerSearch(subject, question ?? undefined)} title={id}>
      {name ?? id}
    </Link>
  );
}

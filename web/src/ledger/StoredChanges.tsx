import { useQuery } from '@tanstack/react-query';
import { ChangesInWords } from '../ui/DiffView';
import { ProblemNote } from '../ui/ProblemNote';
import { RowsSkeleton } from '../ui/States';
import { differenceQuery } from './queries';

/** In what two revisions of a definition differ, as the ledger tells it. */
export function StoredChanges({ kind, id, from, to }: { kind: string; id: string; from: number; to: number }) {
  const { data, error } = useQuery(differenceQuery(kind, id, from, to));
  if (error) return <ProblemNote error={error} />;
  return data ? <ChangesInWords changes={data.changes} /> : <RowsSkeleton rows={3} />;
}

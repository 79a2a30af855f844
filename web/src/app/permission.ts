import { useQuery } from '@tanstack/react-query';
import type { Role } from '../api/types';
import { sessionQuery } from './queries';

const rank: Record<Role, number> = { viewer: 0, editor: 1, admin: 2 };

/** useMay: whether the member's role reaches at least this far. The server decides; the screen does not offer what it would refuse. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery);
  return data !== undefined && rank[data.member.role] >= rank[role];
}

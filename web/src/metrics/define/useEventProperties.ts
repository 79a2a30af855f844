import { useQueries } from '@tanstack/react-query';
import type { PropertySummary } from '../../api/types';
import { propertiesQuery } from '../../board/filter/BreakdownChoice';

/** What some events carry, each key once; those not chosen yet carry nothing. */
export function useEventProperties(events: readonly string[]): PropertySummary[] {
  const found = useQueries({
    queries: events.filter((event) => event !== '').slice(0, 10).map((event) => propertiesQuery(event)),
    combine: (results) => results.flatMap((result) => result.data?.items ?? []),
  });
  return found.filter((property, i) => found.findIndex((each) => each.key === property.key) === i);
}

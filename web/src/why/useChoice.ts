// What is chosen on the panel, held by the address: the two periods, the
// dimensions, and how the waterfall is cut.
import { useNavigate, useSearch } from '@tanstack/react-router';

type Search = Record<string, string | undefined>;

export interface Choice {
  before?: string; // the first instant of a period, as answers write it
  after?: string;
  over: string[]; // where keys
  cut?: string;
}

const instant = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/;

/** Reads an address; what cannot be understood is left out. */
export function parseChoice({ before, after, over, cut }: Search): Choice {
  const pair = before && after && instant.test(before) && instant.test(after) && before !== after;
  return {
    ...(pair && { before, after }),
    over: [...new Set((over ?? '').split(',').filter((key) => key !== ''))].slice(0, 10),
    ...(cut && { cut }),
  };
}

export function searchOfChoice({ before, after, over, cut }: Choice): Search {
  return { before, after, over: over.length > 0 ? over.join(',') : undefined, cut };
}

export function useChoice(): [Choice, (change: Partial<Choice>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const choice = parseChoice(search);
  const choose = (change: Partial<Choice>) =>
    void navigate({ to: '.', search: ((old: Search) => ({ ...old, ...searchOfChoice({ ...choice, ...change }) })) as never, replace: true, resetScroll: false });
  return [choice, choose];
}

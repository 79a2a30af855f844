import { useSearch } from '@tanstack/react-router';
import { parseScope, type Scope } from '../model/scope';

/** The scope of the page one is on, whichever it is: a link out of it takes it along. */
export function useScope(): Scope {
  return parseScope(useSearch({ strict: false }));
}

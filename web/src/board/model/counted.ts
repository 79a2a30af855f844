// Who or what a journey counts, as the context of texts that name them.
import type { Journey } from '../../api/types';

/** People, accounts, or the values of a where key: 380 人, 380 家, 380 個. */
export type Counted = 'person' | 'account' | 'key';

export function countedOf(journey: Journey): Counted {
  const subject = journey.subject ?? 'person';
  return subject === 'person' || subject === 'account' ? subject : 'key';
}

// The people behind a number: the question they come from, and the way to each.
import type { CustomersRequest, MeasureRequest } from '../../api/types';
import type { Address } from '../model/address';

export type State = CustomersRequest['state'];

/** The same question as the number's, so that the list cannot disagree with it. */
export function peopleQuestion(question: MeasureRequest, stage: string, step: string | undefined, state: State): CustomersRequest {
  const { breakdown: _, attribution: __, ...asked } = question;
  return { ...asked, stage, ...(step !== undefined && { step }), state };
}

/** What the page of a customer needs to mark the events that were counted; null where the subject is neither person nor account. */
export function customerSearch(subject: string, journey: string, address: Address): Record<string, string> | null {
  if (subject !== 'person' && subject !== 'account') return null;
  return {
    of: subject,
    journey,
    ...(address.from && { from: address.from }),
    ...(address.to && { to: address.to }),
    ...(address.asOf && { asOf: address.asOf }),
  };
}

// The people behind a number: the question they come from.
import type { CustomersRequest, MeasureRequest } from '../../api/types';

export type State = CustomersRequest['state'];

/** The same question as the number's, so that the list cannot disagree with it. */
export function peopleQuestion(question: MeasureRequest, stage: string, step: string | undefined, state: State): CustomersRequest {
  const { breakdown: _, attribution: __, ...asked } = question;
  return { ...asked, stage, ...(step !== undefined && { step }), state };
}

// A journey while it is being drawn.
import type { Journey } from '../../api/types';
import { draftsBy, type Draft as DraftOf } from '../../drawing/draft';
import { apply, type Operation } from './operation';

export type Draft = DraftOf<Journey, Operation>;
export const drafts = draftsBy<Journey, Operation>(apply);

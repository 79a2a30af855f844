// A tree while it is being drawn.
import { draftsBy, type Draft as DraftOf } from '../../drawing/draft';
import type { TreeDefinition } from './definition';
import { apply, type Operation } from './operation';

export type Draft = DraftOf<TreeDefinition, Operation>;
export const drafts = draftsBy<TreeDefinition, Operation>(apply);

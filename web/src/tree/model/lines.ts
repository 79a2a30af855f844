import type { TreeNode } from '../../api/tree';
import { smallN } from '../../metrics/model';

/** The lines that a metric's card has besides its name and its value; a card is as high as they need. */
export function linesOf(node: TreeNode): { standing: boolean; badges: boolean } {
  const { target, guardrail, roles, trust, vanity, value } = node;
  return {
    standing: target !== null || guardrail !== null,
    badges: vanity?.standing === 'vain' || trust.state === 'drifted' || trust.state === 'proposed' || roles.includes('counter') || (value?.value != null && value.n < smallN),
  };
}

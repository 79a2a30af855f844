import type { TreeAnswer, TreeStanding } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { useUnit } from '../../metrics/useUnit';
import type { Part } from '../model/definition';
import { nodeOf } from '../model/figures';

/** How much a part asks for: a share with what it comes to, or a value in the unit of what it is asked of. */
export function PartAmount({ part, of, answer }: { part: Part; of: TreeStanding; answer: TreeAnswer }) {
  const format = useFormat();
  const { show } = useUnit(nodeOf(answer, part.share === undefined && part.metric !== undefined ? part.metric : of.metric)?.unit ?? '');
  if (part.share === undefined) return show(part.value ?? null).text;
  return `${format.percent(part.share)} · ${show(part.share * of.value).text}`;
}

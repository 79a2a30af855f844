// What the star's page says beside what people wrote: the way to its target, the
// questions of the checklist with what is computed, the reigns, the limits.
import type { TreeAnswer, TreeEdge, TreeNode, TreeReign, TreeStanding } from '../../api/tree';
import type { MetricAnswer } from '../../api/metric';

export const lifeCycles = ['start', 'growth', 'maturity', 'renewal'] as const;

/** The seven questions that a North Star is held against (Amplitude, The North Star Playbook). */
export const questions = ['value', 'strategy', 'leading', 'actionable', 'understandable', 'measurable', 'notVanity'] as const;
export type Question = (typeof questions)[number];

export function rulingOf(answer: TreeAnswer): TreeReign | undefined {
  return answer.stars.find(({ rules }) => rules);
}

/** A node as the answer to a question about its metric, for what draws those. */
export function answerOf(answer: TreeAnswer, node: TreeNode): MetricAnswer {
  const { asOf, timezone, grain, facts } = answer;
  const definition = node.definition ?? { kind: 'Metric', id: node.metric, version: null, hash: '' };
  return { definition, asOf, timezone, grain, unit: node.unit, good: node.good, subject: '', facts, unattributed: 0, periods: node.periods, leftOut: 0 };
}

/**
 * What was aimed at by the end of each period: the straight line of a level from
 * its start to its value, null outside of its days. Null for a total, which comes
 * together over time and is no height of a line.
 */
export function targetLine({ reads, start, value, from, to }: TreeStanding, periods: { from: string }[]): (number | null)[] | null {
  if (reads !== 'level' || start === null) return null;
  const begins = Date.parse(`${from}T00:00:00Z`);
  const ends = Date.parse(`${to}T00:00:00Z`) + 86_400_000; // the last day is in it
  const days = periods.map((period) => Date.parse(`${period.from.slice(0, 10)}T00:00:00Z`));
  const line = days.map((day, i) => {
    const end = days[i + 1] ?? day + (day - (days[i - 1] ?? day));
    if (end < begins || day >= ends) return null;
    return start + (value - start) * Math.min(1, Math.max(0, (end - begins) / (ends - begins)));
  });
  return line.some((point) => point !== null) ? line : null;
}

/** What people believe the star to lead to, with what was found. */
export function leadsTo(answer: TreeAnswer, metric: string): (TreeEdge & { influence: NonNullable<TreeEdge['influence']> })[] {
  return answer.edges.flatMap((edge) => (edge.kind === 'influence' && edge.from === metric && edge.influence ? [{ ...edge, influence: edge.influence }] : []));
}

/** How many strategies of the tree are measured by the star or one of its inputs, of how many. */
export function strategiesBehind(answer: TreeAnswer): { behind: number; of: number } {
  const near = new Set(answer.nodes.filter(({ roles }) => roles.includes('star') || roles.includes('input')).map(({ metric }) => metric));
  const all = answer.objectives.flatMap(({ strategies }) => strategies);
  return { behind: all.filter(({ measures }) => measures.some(({ metric }) => near.has(metric))).length, of: all.length };
}

/** How much room a guardrail has to its limit, as a share of it; negative beyond it, null where nothing is known. */
export function roomOf({ guardrail, value, good }: TreeNode): number | null {
  if (!guardrail || guardrail.limit === null || guardrail.limit === 0 || !value || value.value === null || good === 'neither') return null;
  const room = good === 'up' ? value.value - guardrail.limit : guardrail.limit - value.value;
  return room / Math.abs(guardrail.limit);
}

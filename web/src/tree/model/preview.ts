// A draft as it is drawn before it was measured: its own shape, with the numbers that
// are known of the metrics in it. What is new has none until the answer comes.
import type { TreeAnswer, TreeEdge, TreeNode, TreeObjective } from '../../api/tree';
import type { MetricSummary } from '../../api/metric';
import { same } from '../../drawing/same';
import type { BoundStep, Influence, TreeDefinition } from './definition';
import { draftStandings, runningOf } from './standing';
import { targetsIn } from './target';

type Known = Pick<MetricSummary, 'id' | 'name' | 'meaning' | 'owner' | 'level' | 'unit' | 'good' | 'version'>;

export function preview(answer: TreeAnswer, tree: TreeDefinition, metrics: Known[]): TreeAnswer {
  const measured = new Map(answer.nodes.map((node) => [node.metric, node]));
  const arithmetic = answer.edges.filter(({ kind }) => kind === 'arithmetic');
  const named = rolesIn(tree, answer);
  const roles = new Map(named);
  for (const id of named.keys()) addParts(id, arithmetic, roles);
  const targets = draftStandings(tree, answer);
  const nodes = [...roles].map(([metric, of]): TreeNode => {
    const node = measured.get(metric) ?? unmeasured(metric, metrics.find(({ id }) => id === metric), answer.grain);
    return { ...node, roles: [...of], guardrail: guardrailOf(node, tree), target: runningOf(targets, metric) };
  });
  return {
    ...answer,
    name: tree.name ?? tree.id,
    nodes,
    targets: targets.filter(({ objective }) => objective === ''),
    objectives: (tree.objectives ?? []).map((objective): TreeObjective => ({
      id: objective.id,
      name: objective.name ?? '',
      owner: objective.owner ?? [],
      targets: targets.filter((one) => one.objective === objective.id),
      strategies: (objective.strategies ?? []).map((strategy) => ({
        id: strategy.id,
        name: strategy.name ?? '',
        owner: strategy.owner ?? [],
        steps: (strategy.steps ?? []).map((step) => stepOf(answer, step)),
        measures: (strategy.measures ?? []).map(({ metric, role = 'kpi' }) => ({ metric, role })),
      })),
    })),
    edges: [
      ...arithmetic.filter(({ from, to }) => roles.has(from) && roles.has(to)),
      ...(tree.influences ?? []).map((influence) => influenceOf(answer, influence)),
    ],
    layout: tree.layout ?? {},
  };
}

/** What each metric that the tree names is in it, in the order in which it names them. */
function rolesIn(tree: TreeDefinition, answer: TreeAnswer): Map<string, Set<string>> {
  const roles = new Map<string, Set<string>>();
  const add = (metric: string, role: string) => roles.set(metric, (roles.get(metric) ?? new Set()).add(role));
  const day = answer.asOf.slice(0, 10);
  const ruling = tree.stars.findLast(({ since }) => since === undefined || since <= day) ?? tree.stars[0];
  for (const star of tree.stars) add(star.metric, star === ruling ? 'star' : 'otherStar');
  for (const metric of tree.constellation ?? []) add(metric, 'input');
  for (const { strategies } of tree.objectives ?? []) for (const { measures } of strategies ?? []) for (const { metric, role = 'kpi' } of measures ?? []) add(metric, role);
  for (const { target } of targetsIn(tree)) {
    add(target.metric, 'target');
    for (const part of target.parts ?? []) if (part.metric !== undefined) add(part.metric, 'target');
  }
  for (const { metric } of tree.guardrails ?? []) add(metric, 'guardrail');
  for (const metric of tree.counters ?? []) add(metric, 'counter');
  for (const metric of tree.outcomes ?? []) add(metric, 'outcome');
  for (const metric of tree.spend ?? []) add(metric, 'spend');
  for (const { from, to } of tree.influences ?? []) [from, to].forEach((metric) => add(metric, 'influence'));
  return roles;
}

function addParts(whole: string, arithmetic: TreeEdge[], roles: Map<string, Set<string>>): void {
  for (const { from, to } of arithmetic) {
    if (to !== whole) continue;
    const isNew = !roles.has(from);
    roles.set(from, (roles.get(from) ?? new Set()).add('component'));
    if (isNew) addParts(from, arithmetic, roles);
  }
}

function unmeasured(metric: string, known: Known | undefined, grain: string): TreeNode {
  return {
    metric, roles: [], definition: null, name: known?.name ?? metric, meaning: known?.meaning ?? '', unit: known?.unit ?? '', good: known?.good ?? 'neither', owner: known?.owner ?? [], level: known?.level ?? 0,
    grain: grain as TreeNode['grain'], formula: '', terms: {}, value: null, before: null, running: null, change: null, periods: [], target: null, guardrail: null, vanity: null, problem: null,
    trust: { state: 'unknown', version: known?.version ?? 0, approvedBy: '', approvedAt: null, changed: [] },
  };
}

function guardrailOf(node: TreeNode, tree: TreeDefinition): TreeNode['guardrail'] {
  const own = tree.guardrails?.find(({ metric }) => metric === node.metric);
  if (!own) return null;
  const limit = own.limit ?? null;
  return { tier: own.tier, limit, broken: node.guardrail?.limit === limit ? node.guardrail.broken : null };
}

function stepOf(answer: TreeAnswer, { journey, stage, step }: BoundStep): TreeObjective['strategies'][number]['steps'][number] {
  const told = answer.objectives.flatMap(({ strategies }) => strategies.flatMap(({ steps }) => steps));
  const known = told.find((one) => one.journey === journey && one.stage === stage && one.step === step);
  return known ?? { journey, journeyName: told.find((one) => one.journey === journey)?.journeyName ?? '', stage, stageName: '', ...(step && { step }), stepName: '', isThere: true };
}

function influenceOf(answer: TreeAnswer, { from, to, sign, lag, reason, experiment }: Influence): TreeEdge {
  const told = answer.edges.find((edge) => edge.kind === 'influence' && edge.from === from && edge.to === to);
  const written = { sign, lag: lag ?? null, reason: reason ?? '', experiment: experiment ?? '' };
  const known = told?.influence;
  if (known && same({ sign: known.sign, lag: known.lag }, { sign, lag: lag ?? null })) return { ...told, influence: { ...known, ...written } };
  return { from, to, kind: 'influence', influence: { ...written, lagFound: null, strength: null, n: 0, p: null, differences: 0, verdict: 'short' } };
}

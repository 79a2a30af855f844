// A small tree for tests, with the shapes of the server's answers.
import type { TreeAnswer, TreeEdge, TreeNode, TreeObjective, TreeStanding, TreeStarter } from '../api/tree';
import type { Revision } from '../api/types';
import type { TreeDefinition } from './model/definition';

export const point = (value: number | null, more: Partial<NonNullable<TreeNode['value']>> = {}): NonNullable<TreeNode['value']> => ({
  from: '2026-11-16T00:00:00+08:00', value, n: value === null ? 0 : 400, customers: value === null ? 0 : 400, low: null, high: null, partial: false, ...more,
});

export const node = (metric: string, more: Partial<TreeNode> = {}): TreeNode => ({
  metric, roles: ['kpi'], definition: { kind: 'Metric', id: metric, version: 3, hash: 'sha256:0' }, name: { en: `Metric ${metric}` }, meaning: { en: 'What it is' },
  unit: 'order', good: 'up', owner: ['sales'], level: 2, grain: 'week', formula: '', terms: {}, value: point(100), before: point(80), change: { absolute: 20, relative: 0.25, is: 'better' }, running: null,
  periods: [point(80), point(100)], trust: { state: 'approved', version: 3, approvedBy: 'Ada', approvedAt: '2026-10-01T00:00:00Z', changed: [] }, target: null, guardrail: null, vanity: null, problem: null, ...more,
});

const influence = (from: string, to: string, more: Partial<NonNullable<TreeEdge['influence']>> = {}): TreeEdge => ({
  from, to, kind: 'influence', influence: { sign: '+', lag: 2, reason: { en: 'because' }, experiment: '', verdict: 'supported', strength: 0.61, lagFound: 2, n: 52, p: 0.01, differences: 1, ...more },
});

const step = (stage: string, isThere = true) => ({ journey: 'buyer', journeyName: { en: 'Buying' }, stage, stageName: { en: `Stage ${stage}` }, stepName: '', isThere });

export const objective: TreeObjective = {
  id: 'grow', name: { en: 'Grow' }, owner: ['ceo'], targets: [],
  strategies: [
    { id: 'partners', name: { en: 'Partners' }, owner: ['sales'], steps: [step('order'), step('gone', false)], measures: [{ metric: 'rate', role: 'kpi' }, { metric: 'basket', role: 'kpi' }] },
    { id: 'shops', name: { en: 'Shops' }, owner: [], steps: [], measures: [{ metric: 'fans', role: 'kpi' }] },
  ],
};

const standing: TreeStanding = {
  metric: 'star', objective: '', from: '2026-07-01', to: '2026-12-31', value: 620, basis: 460, reason: '', 
  state: 'running', reads: 'level', elapsed: 0.8, start: 460, current: 587, expected: 600, progress: 0.79, onTrack: false, parts: [], partsSum: null, partsLeft: null,
};

/** star ⇠ rate, star ⇢ visits; basket = revenue ÷ star; fans is vain; refunds guards and stands under no objective. */
export const answer: TreeAnswer = {
  definition: { kind: 'Tree', id: 'company', version: 4, hash: 'sha256:1' }, name: { en: 'One good cup' }, description: '', model: 'saas', asOf: '2026-11-26T02:00:00Z', timezone: 'Asia/Taipei', grain: 'week',
  facts: { events: 9000, customers: 500, through: 9 }, elapsedMillis: 3, layout: {}, matrix: [], stars: [], targets: [standing], objectives: [objective],
  nodes: [
    node('star', {
      roles: ['star', 'target'], unit: 'machine', value: point(587, { low: 560, high: 610, n: 587 }),
      target: standing,
    }),
    node('rate', { roles: ['input', 'kpi'], unit: '', value: point(0.5, { n: 12, low: 0.25, high: 0.75 }), change: { absolute: -0.05, relative: -0.09, is: 'worse' } }),
    node('visits', { roles: ['input'] }),
    node('signed', { roles: ['input'], value: point(null), before: null, change: null }),
    node('basket', { roles: ['kpi'], unit: 'TWD/order', formula: 'revenue / star', trust: { state: 'drifted', version: 2, approvedBy: 'Ada', approvedAt: '2026-10-01T00:00:00Z', changed: [{ kind: 'Metric', id: 'revenue', version: 5, by: 'Grace', at: '2026-11-01T00:00:00Z', reason: 'without tax' }] } }),
    node('revenue', { roles: ['component'], unit: 'TWD' }),
    node('fans', { vanity: { metric: 'fans', judgement: 'vain', standing: 'vain', tests: [], reasons: [{ rule: 'formAndValue', tests: ['ratchet', 'noForesight'] }] } }),
    node('refunds', { roles: ['guardrail'], unit: '', good: 'down', value: point(0.08), guardrail: { tier: 1, limit: 0.05, broken: true } }),
  ],
  edges: [
    { from: 'revenue', to: 'basket', kind: 'arithmetic', operator: '*', adds: false },
    { from: 'star', to: 'basket', kind: 'arithmetic', operator: '/', adds: false },
    influence('rate', 'star'),
    influence('star', 'visits', { verdict: 'short', strength: null, lag: 0, n: 1 }),
  ],
};

export const definition: TreeDefinition = {
  kind: 'Tree', id: 'company', name: { en: 'One good cup' }, stars: [{ metric: 'star' }], constellation: ['rate', 'visits', 'signed'], guardrails: [{ metric: 'refunds', tier: 1, limit: 0.05 }],
  objectives: [{ id: 'grow', name: { en: 'Grow' }, owner: ['ceo'], strategies: [
    { id: 'partners', name: { en: 'Partners' }, owner: ['sales'], steps: [{ journey: 'buyer', stage: 'order' }], measures: [{ metric: 'rate' }, { metric: 'basket' }] },
    { id: 'shops', name: { en: 'Shops' }, measures: [{ metric: 'fans' }] },
  ] }],
  targets: [{ metric: 'star', from: '2026-07-01', to: '2026-12-31', value: 620, basis: 460 }],
  influences: [{ from: 'rate', to: 'star', sign: '+', lag: 2, reason: { en: 'because' } }, { from: 'star', to: 'visits', sign: '+', lag: 0 }],
};

export const revision: Revision<TreeDefinition> = {
  kind: 'Tree', id: 'company', version: 4, hash: 'sha256:1', status: 'proposed', deleted: false, author: 'Ada', reason: 'to see', at: '2026-10-01T00:00:00Z', current: true, body: definition,
};

export const starter: TreeStarter = {
  model: 'saas', name: { en: 'B2B SaaS' }, explanation: { en: 'Companies pay.' }, events: ['Core Work Done', 'Trial Started'],
  definitions: [
    { kind: 'Metric', id: 'work', body: { kind: 'Metric', id: 'work', name: { en: 'Work' }, count: { when: [{ event: 'Core Work Done' }] } } },
    { kind: 'Metric', id: 'trials', body: { kind: 'Metric', id: 'trials', name: { en: 'Trials' }, count: { event: 'Trial Started' } } },
    { kind: 'Tree', id: 'company', body: { kind: 'Tree', id: 'company', stars: [{ metric: 'work' }], constellation: ['trials'], value: { event: 'Core Work Done', within: '30d' } } },
  ],
};

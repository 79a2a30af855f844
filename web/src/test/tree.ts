// Parts of a measured tree for tests, whole in shape; a test says what matters to it.
import type { TreeAnswer, TreeNode } from '../api/tree';

export const node = (metric: string, more: Partial<TreeNode> = {}): TreeNode => ({
  metric, roles: [], definition: null, name: { en: `The ${metric}` }, meaning: '', unit: 'order', good: 'up', owner: [], level: 2, grain: 'week', formula: '', terms: {}, value: null, before: null, change: null, running: null, periods: [],
  trust: { state: 'approved', version: 1, approvedBy: 'Ada', approvedAt: null, changed: [] }, target: null, guardrail: null, vanity: null, problem: null, ...more,
});

export const measuredTree = (more: Partial<TreeAnswer> = {}): TreeAnswer => ({
  definition: { kind: 'Tree', id: 'company', version: 4, hash: '' }, name: { en: 'One good cup' }, description: '', asOf: '2026-11-02T00:00:00Z', timezone: 'Asia/Taipei', grain: 'week', facts: { events: 9, customers: 9, through: 9 }, elapsedMillis: 1,
  stars: [], nodes: [], edges: [], objectives: [], targets: [], matrix: [], layout: {}, ...more,
});

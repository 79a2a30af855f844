// The tree as the server tells it: names for parts of the generated description.
import type { components } from './schema';

type Schemas = components['schemas'];

export type TreeAnswer = Schemas['MeasuredTree']; // GET /api/v1/trees/{id}/measure, POST /api/v1/measure/tree
export type TreeQuestion = Schemas['TreeQuestion'];
export type TreeSummary = Schemas['TreeSummary']; // GET /api/v1/trees → { items }
export type TreeStarter = Schemas['TreeStarter']; // GET /api/v1/trees/starters → { items }
export type TreeNode = Schemas['TreeNode'];
export type TreeEdge = Schemas['TreeEdge'];
export type TreeReign = Schemas['TreeReign'];
export type TreeMatrix = Schemas['TreeMatrix'];
export type TreeObjective = Schemas['TreeObjectiveTold'];
export type TreeStanding = Schemas['TreeStanding'];
export type TreeVerdict = Schemas['TreeVerdict'];
export type WhyQuestion = Schemas['WhyQuestion'];
export type Explanation = Schemas['TreeExplanation']; // POST /api/v1/metrics/{id}/why

// A tree as people write it: docs/analyst/trees.md. The server reads any JSON there and
// tells every fault, so its description has no shape for it.
import type { LocalizedText, Pattern } from '../../api/types';

export interface TreeDefinition {
  kind: 'Tree';
  id: string;
  name?: LocalizedText;
  description?: LocalizedText;
  model?: string;
  stars: Star[]; // in succession, the oldest first
  constellation?: string[];
  guardrails?: Guardrail[];
  counters?: string[];
  value?: ValueEvent;
  outcomes?: string[];
  spend?: string[];
  objectives?: Objective[];
  targets?: Target[];
  influences?: Influence[];
  waivers?: Waiver[];
  layout?: Record<string, { x: number; y: number }>;
}

export type LifeCycle = 'start' | 'growth' | 'maturity' | 'renewal';
export const lifeCycles: readonly LifeCycle[] = ['start', 'growth', 'maturity', 'renewal'];

export interface Star {
  metric: string;
  since?: string; // a day
  lifeCycle?: LifeCycle;
  reason?: LocalizedText;
  checklist?: Partial<Record<Question, LocalizedText>>;
}

/** The questions of the North Star checklist, in their order. */
export const questions = ['value', 'strategy', 'leading', 'actionable', 'understandable', 'measurable', 'notVanity'] as const;
export type Question = (typeof questions)[number];

/** By what a customer has value, and how long after what a metric counts it tells for that metric. */
export type ValueEvent = Pattern & { within: string };

export interface Guardrail {
  metric: string;
  tier: number; // 1 blocks, 2 asks for a justification, 3 informs
  limit?: number;
}

export interface Objective {
  id: string;
  name?: LocalizedText;
  owner?: string[];
  targets?: Target[];
  strategies?: Strategy[];
}

export interface Strategy {
  id: string;
  name?: LocalizedText;
  owner?: string[];
  steps?: BoundStep[];
  measures?: { metric: string; role?: MeasureRole }[];
}

/** Absent: a KPI. */
export type MeasureRole = 'kpi' | 'target';

export interface BoundStep {
  journey: string;
  stage: string;
  step?: string; // absent: the whole stage
}

export interface Target {
  metric: string;
  from: string; // days, both included
  to: string;
  value: number;
  basis?: number;
  reads?: Reads; // absent: a total of what adds up over time, else a level
  reason?: LocalizedText;
  parts?: Part[];
}

export type Reads = 'total' | 'level';

/** What a target asks of a metric or of an objective: a value, or a share of 1. */
export interface Part {
  metric?: string;
  objective?: string;
  value?: number;
  share?: number;
}

export interface Influence {
  from: string;
  to: string;
  sign: '+' | '-';
  lag?: number; // periods until it shows
  reason?: LocalizedText;
  experiment?: string;
}

export interface Waiver {
  metric: string;
  verdict: 'sound' | 'vain';
  by: string;
  at: string;
  reason: string;
}

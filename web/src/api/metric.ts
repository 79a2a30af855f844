// Metrics, as screens are written against them; agreement.ts holds this to the server's
// own description.
import type { Facts, LocalizedText, Scalar, Where } from './types';

export type Grain = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
export type Good = 'up' | 'down' | 'neither';
/** A metric as it is written; of the measures exactly one is there. */
export interface Metric {
  kind: 'Metric';
  id: string;
  name?: LocalizedText;
  meaning?: LocalizedText;
  unit?: string;
  good?: Good;
  owner?: string[];
  level?: number;
  grain?: Grain;
  subject?: string;
  segment?: Where;
  formula?: string;
  soWhat?: { up?: LocalizedText; down?: LocalizedText };
  [measure: string]: unknown;
}
export interface MetricSummary { // GET /api/v1/metrics → { items }
  id: string;
  name: LocalizedText;
  meaning: LocalizedText;
  owner: string[];
  level: number; // 0: not said
  version: number;
  status: 'proposed' | 'approved';
  author: string;
  at: string;
  unit: string; // "" is a share or a pure number
  good: Good;
  grain: string;
  asOf: string | null; // null where it could not be measured
  periods: MetricPoint[]; // oldest first
  problem: string | null; // why it could not be measured
}
// POST /api/v1/measure; also GET /api/v1/metrics/{id}/measure with the same as query.
export interface MetricRequest {
  metric?: Metric; // a draft …
  metricId?: string; // … or a stored one
  version?: number;
  from?: string; // in the first period; absent: as many as people look at
  to?: string; // in the last period; absent: that of as-of
  timezone?: string;
  asOf?: string;
  grain?: Grain | 'whole';
  breakdown?: string[];
  segment?: Where;
}
export interface MetricAnswer {
  definition: { kind: string; id: string; version: number | null; hash: string };
  asOf: string;
  timezone: string;
  grain: string;
  unit: string;
  good: Good;
  subject: string;
  facts: Facts;
  unattributed: number;
  periods: MetricPoint[];
  leftOut: number; // events whose amount is missing or in another currency
  breakdown?: { value: Scalar | Scalar[]; periods: MetricPoint[]; leftOut: number }[];
  inputs?: MetricInput[]; // of a formula
  elapsedMillis?: number;
}
export interface MetricInput { definition: MetricAnswer['definition']; unit: string; periods: MetricPoint[]; leftOut: number }
export interface MetricPoint {
  from: string; // with the offset of the zone
  value: number | null; // null is unknown
  n: number;
  customers: number; // behind it
  numerator?: number; // of a share
  low: number | null;
  high: number | null;
  partial: boolean; // may still change
  expired?: boolean; // unknown because it hangs on facts that are too old to be kept
}
// POST /api/v1/measure/metric-customers: the people behind a period.
export interface MetricCustomersRequest extends MetricRequest {
  period: number;
  breakdownValue?: Scalar | Scalar[];
  only?: 'did' | 'didNot';
  search?: string;
  sort?: 'newest' | 'oldest' | 'most';
  offset?: number;
  limit?: number;
}
export interface MetricCustomersPage { total: number; items: BehindMetric[] }
export interface BehindMetric { id: string; name: string | null; at: string; events: number; amount: number | null; did: boolean | null }

// What a verdict is made of, as the server tells it, and what somebody signs
// against it.
import type { TreeVerdict } from '../api/tree';
import type { Revision } from '../api/types';

export type Judgement = TreeVerdict['judgement'];
export type TestResult = TreeVerdict['tests'][number];
export type TestNumber = TestResult['numbers'][number];
export type Missing = TestResult['missing'][number];

/** The nine by what they ask about, in the order in which they are told. */
export const groups = [
  { of: 'form', tests: ['ratchet', 'noDenominator'] },
  { of: 'value', tests: ['bought', 'farFromValue', 'noForesight', 'divergence'] },
  { of: 'use', tests: ['noHandle', 'notAuditable', 'soWhat'] },
] as const satisfies { of: string; tests: TestResult['test'][] }[];

/** A judgement that somebody signed, as a tree's definition has it. */
export interface Waiver {
  metric: string;
  verdict: 'sound' | 'vain';
  by: string;
  at: string; // a day in the workspace's zone
  reason: string;
}

/** A tree's definition, as far as this part of the screen reads it; the rest is kept as it is. */
export interface TreeBody {
  kind: 'Tree';
  id: string;
  waivers?: Waiver[];
  [field: string]: unknown;
}

/** The waivers of a metric, the newest first; of one day, the one that was written later. */
export function waiversOf(revision: Revision<TreeBody> | undefined, metric: string): Waiver[] {
  return (revision?.body.waivers ?? [])
    .filter((waiver) => waiver.metric === metric)
    .toReversed()
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

/** The definition with one more waiver. */
export function signed(body: TreeBody, waiver: Waiver): TreeBody {
  return { ...body, waivers: [...(body.waivers ?? []), waiver] };
}

/** What the numbers of a test are about, each once: the other series, or '' for the metric alone. */
export function subjectsOf(numbers: TestNumber[]): string[] {
  return [...new Set(numbers.map(({ of }) => of ?? ''))];
}

export function numberOf(numbers: TestNumber[], name: string, of?: string): TestNumber | undefined {
  return numbers.find((number) => number.name === name && (of === undefined || (number.of ?? '') === of));
}

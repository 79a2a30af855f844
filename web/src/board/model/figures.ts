// The figures of the board, worked out of the answers of the measure engine.
// Null is unknown everywhere; nothing here turns it into zero.

import type { Answer, Journey, Rate, Stage, StageAnswer, StepAnswer } from '../../api/types';

/** Below this many customers a rate is shown as small. */
export const smallN = 30;

export function isSmall(rate: Rate | null): boolean {
  return rate !== null && rate.n < smallN;
}

/** Half the width of a rate's interval, in the rate's own unit: the ± of the board. */
export function halfWidth(rate: Rate | null): number | null {
  return rate?.low == null || rate.high == null ? null : (rate.high - rate.low) / 2;
}

export function stageAnswer(answer: Answer | undefined, stage: string): StageAnswer | undefined {
  return answer?.stages.find((each) => each.id === stage);
}

export function stepAnswer(answer: Answer | undefined, stage: string, step: string): StepAnswer | undefined {
  return stageAnswer(answer, stage)?.steps.find((each) => each.id === step);
}

/**
 * The stage that rates and times of stage `at` refer to: the last one before it
 * that may not be skipped and is measured. Null for the first.
 */
export function stageBefore(journey: Journey, at: number, answer?: Answer): Stage | null {
  for (let i = at - 1; i >= 0; i--) {
    const stage = journey.stages[i];
    if (!stage || stage.optional) continue;
    if (answer && stageAnswer(answer, stage.id)?.reached == null) continue;
    return stage;
  }
  return null;
}

/** A figure against the same figure of the period before. */
export interface ChangeSince {
  /** Points of a rate (0.03 is three points), or a share of a count (0.18 is 18 %). */
  by: number;
  unit: 'points' | 'share';
  /** Whether the difference is larger than chance alone would make it (95 %). */
  clear: boolean;
}

/**
 * How a step or stage changed: its rate of the previous one in points, or, where
 * it has none (the first), its count as a share. Null where either is unknown.
 */
export function changeSince(now: StepAnswer | undefined, before: StepAnswer | undefined): ChangeSince | null {
  if (!now || !before) return null;
  const [a, b] = [now.ofPrevious, before.ofPrevious];
  if (a && b && a.rate !== null && b.rate !== null) return { by: a.rate - b.rate, unit: 'points', clear: clearlyDifferent(a, b) };
  if (a?.rate != null || b?.rate != null) return null;
  if (now.reached === null || before.reached === null || before.reached === 0) return null;
  // The difference of two Poisson counts against its standard error.
  const clear = Math.abs(now.reached - before.reached) > 1.96 * Math.sqrt(now.reached + before.reached);
  return { by: now.reached / before.reached - 1, unit: 'share', clear };
}

/**
 * Whether the 95 % interval of the difference of two rates leaves out zero, by
 * the score method without continuity correction: Newcombe (1998), Statistics
 * in Medicine 17, 873–890, method 10.
 */
export function clearlyDifferent(a: Rate, b: Rate): boolean {
  if (a.rate === null || b.rate === null || a.low === null || a.high === null || b.low === null || b.high === null) return false;
  const difference = a.rate - b.rate;
  const low = difference - Math.hypot(a.rate - a.low, b.high - b.rate);
  const high = difference + Math.hypot(a.high - a.rate, b.rate - b.low);
  return low > 0 || high < 0;
}

/** Feeling we believe in at a stage: the mean over its steps that state one. */
export function believed(stage: Stage): number | null {
  const feelings = stage.steps.flatMap((step) => (step.belief ? [step.belief.feeling] : []));
  return feelings.length === 0 ? null : feelings.reduce((sum, each) => sum + each, 0) / feelings.length;
}

export interface PerceptionGap {
  stage: string;
  by: number; // believed minus what customers showed, −4 … +4
}

/** Where what we believe and what customers say or are heard to feel are furthest apart; null within half a point. */
export function perceptionGap(journey: Journey, answer: Answer | undefined): PerceptionGap | null {
  let widest: PerceptionGap | null = null;
  for (const stage of journey.stages) {
    const ours = believed(stage);
    const sentiment = stageAnswer(answer, stage.id)?.sentiment;
    const theirs = sentiment?.heard ?? sentiment?.said;
    if (ours === null || !theirs) continue;
    const by = ours - theirs.mean;
    if (Math.abs(by) >= 0.5 && Math.abs(by) > Math.abs(widest?.by ?? 0)) widest = { stage: stage.id, by };
  }
  return widest;
}

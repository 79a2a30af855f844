// The figures of the board, worked out of the answers of the measure engine.
// Null is unknown everywhere; nothing here turns it into zero.

import type { Answer, Journey, Rate, Stage, StageAnswer, StepAnswer } from '../../api/types';
import { findStep, type Spot } from './operation';

/** Below this many customers a rate is shown as small. */
export const smallN = 30;

export function isSmall(rate: Rate | null): boolean {
  return rate !== null && rate.n < smallN;
}

/** Half the width of a rate's interval, in the rate's own unit: the ± of the board. */
export function halfWidth(rate: Rate | null): number | null {
  return rate?.low == null || rate.high == null ? null : (rate.high - rate.low) / 2;
}

/**
 * An answer by the stages it was asked about. In any order the k-th stage of an
 * answer is level k, "k different stages", under an id that is its place; it is
 * shown where the k-th stage is drawn. Steps are told where they are drawn anyway.
 */
export function asDrawn(answer: Answer | undefined, stages: readonly Stage[]): Answer | undefined {
  if (answer?.rule.order !== 'any') return answer;
  const named = (told: StageAnswer[]) => told.map((stage, place) => ({ ...stage, id: stages[place]?.id ?? stage.id }));
  return {
    ...answer,
    stages: named(answer.stages),
    ...(answer.breakdown && { breakdown: answer.breakdown.map((row) => ({ ...row, stages: named(row.stages) })) }),
  };
}

export function stageAnswer(answer: Answer | undefined, stage: string): StageAnswer | undefined {
  return answer?.stages.find((each) => each.id === stage);
}

export function stepAnswer(answer: Answer | undefined, stage: string, step: string): StepAnswer | undefined {
  return stageAnswer(answer, stage)?.steps.find((each) => each.id === step);
}

/**
 * A journey's stages in the order in which an answer counted them. That is the
 * order they are drawn in, except while one of them is held over another place
 * or an answer to the newest drawing is on its way. Stages that the answer does
 * not know come last.
 */
export function asCounted(journey: Journey, answer: Answer | undefined): Stage[] {
  const places = new Map(answer?.stages.map((stage, place) => [stage.id, place]));
  const placeOf = (stage: Stage) => places.get(stage.id) ?? Number.MAX_SAFE_INTEGER;
  return journey.stages.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * The stage that rates and times of a stage refer to: the last one before it
 * that may not be skipped and is measured. Null for the first.
 */
export function stageBefore(journey: Journey, stage: string, answer?: Answer): Stage | null {
  const stages = asCounted(journey, answer);
  const before = stages.slice(0, stages.findIndex((each) => each.id === stage));
  return before.findLast((each) => !each.optional && !(answer && stageAnswer(answer, each.id)?.reached == null)) ?? null;
}

/**
 * Where a drawn stage or step stands in an answer. Usually that is where it is
 * drawn; a step that is held over another stage stands in that one, and one that
 * was just moved still in the stage it came from: the only one that has a step of
 * its id and in which none of that id is drawn.
 */
export function standingOf(journey: Journey, answer: Answer | undefined, spot: Spot): Spot {
  if (!answer || spot.step === undefined || stepAnswer(answer, spot.stage, spot.step)) return spot;
  const others = answer.stages.filter(({ id, steps }) => steps.some((step) => step.id === spot.step) && !findStep(journey, { stage: id, step: spot.step }));
  return others.length === 1 && others[0] ? { stage: others[0].id, step: spot.step } : spot;
}

/** The figures of a stage or step of an answer. */
export function figuresAt(answer: Answer | undefined, at: Spot): StepAnswer | undefined {
  return at.step === undefined ? stageAnswer(answer, at.stage) : stepAnswer(answer, at.stage, at.step);
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

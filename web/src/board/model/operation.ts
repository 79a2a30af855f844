// Everything a person can do to a drawn journey, as data. An operation names
// what it acts on by id, never by place, so that it can be undone, done again,
// and put on top of what somebody else saved in the meantime.

import { same } from '../../drawing/same';
import type { Exclusion, Journey, Stage, Step } from '../../api/types';

/** A place on the board: a stage, or one of its steps. */
export interface Spot {
  stage: string;
  step?: string;
}

/** Fields of a journey other than its identity and its stages; undefined removes one. */
export type JourneyPatch = Partial<Omit<Journey, 'kind' | 'id' | 'stages'>>;
export type StagePatch = Partial<Omit<Stage, 'id' | 'steps'>>;
export type StepPatch = Partial<Omit<Step, 'id'>>;

export type Operation =
  | { do: 'edit'; patch: JourneyPatch }
  | { do: 'addStage'; stage: Stage; at: number }
  | { do: 'editStage'; stage: string; patch: StagePatch }
  | { do: 'moveStage'; stage: string; to: number }
  | { do: 'deleteStage'; stage: string }
  | { do: 'addStep'; stage: string; step: Step; at: number }
  | { do: 'editStep'; stage: string; step: string; patch: StepPatch }
  | { do: 'moveStep'; stage: string; step: string; toStage: string; to: number }
  | { do: 'deleteStep'; stage: string; step: string };

/**
 * The journey after the operation. Parts it does not touch are the same objects
 * as before, and one that changes nothing gives back the very same journey.
 * Null when what it acts on is not there.
 */
export function apply(journey: Journey, operation: Operation): Journey | null {
  switch (operation.do) {
    case 'edit':
      return patched(journey, operation.patch);
    case 'addStage':
      if (stageAt(journey, operation.stage.id) >= 0) return null;
      return { ...journey, stages: inserted(journey.stages, operation.at, operation.stage) };
    case 'editStage':
      return withStage(journey, operation.stage, (stage) => patched(stage, operation.patch));
    case 'moveStage': {
      const from = stageAt(journey, operation.stage);
      if (from < 0) return null;
      const stages = moved(journey.stages, from, operation.to);
      return stages === journey.stages ? journey : { ...journey, stages };
    }
    case 'deleteStage': {
      if (stageAt(journey, operation.stage) < 0) return null;
      const stages = journey.stages.filter((stage) => stage.id !== operation.stage);
      return patched<Journey>({ ...journey, stages }, withoutExclusionsOf(journey, operation.stage));
    }
    case 'addStep':
      return withStage(journey, operation.stage, (stage) =>
        stage.steps.some((step) => step.id === operation.step.id)
          ? null
          : { ...stage, steps: inserted(stage.steps, operation.at, operation.step) },
      );
    case 'editStep':
      return withStage(journey, operation.stage, (stage) => {
        const at = stepAt(stage, operation.step);
        const step = stage.steps[at];
        if (!step) return null;
        const edited = patched(step, operation.patch);
        return edited === step ? stage : { ...stage, steps: stage.steps.with(at, edited) };
      });
    case 'moveStep':
      return moveStep(journey, operation);
    case 'deleteStep':
      return withStage(journey, operation.stage, (stage) =>
        stepAt(stage, operation.step) < 0
          ? null
          : { ...stage, steps: stage.steps.filter((step) => step.id !== operation.step) },
      );
  }
}

/** The place an operation is about, to select and to announce afterwards. */
export function spotOf(operation: Operation): Spot | null {
  switch (operation.do) {
    case 'edit':
    case 'deleteStage':
      return null;
    case 'addStage':
      return { stage: operation.stage.id };
    case 'editStage':
    case 'moveStage':
      return { stage: operation.stage };
    case 'addStep':
      return { stage: operation.stage, step: operation.step.id };
    case 'editStep':
      return { stage: operation.stage, step: operation.step };
    case 'moveStep':
      return { stage: operation.toStage, step: operation.step };
    case 'deleteStep':
      return { stage: operation.stage };
  }
}

/**
 * A short id that no stage or step of the journey has: "stage-4k7q". It is
 * random and not counted, so that two people drawing at once do not meet.
 */
export function freshId(kind: 'stage' | 'step', journey: Journey, random: () => number = Math.random): string {
  const taken = new Set(journey.stages.flatMap((stage) => [stage.id, ...stage.steps.map((step) => step.id)]));
  for (;;) {
    const id = `${kind}-${Math.floor(random() * 36 ** 4).toString(36).padStart(4, '0')}`;
    if (!taken.has(id)) return id;
  }
}

export function findStage(journey: Journey, id: string): Stage | undefined {
  return journey.stages.find((stage) => stage.id === id);
}

export function findStep(journey: Journey, spot: Spot): Step | undefined {
  return findStage(journey, spot.stage)?.steps.find((step) => step.id === spot.step);
}

export function isBound(step: Step): boolean {
  return (step.when?.length ?? 0) > 0;
}

function moveStep(journey: Journey, operation: Extract<Operation, { do: 'moveStep' }>): Journey | null {
  const source = findStage(journey, operation.stage);
  const step = source?.steps.find((each) => each.id === operation.step);
  const target = findStage(journey, operation.toStage);
  if (!source || !step || !target) return null;
  if (source === target) {
    return withStage(journey, source.id, (stage) => {
      const steps = moved(stage.steps, stage.steps.indexOf(step), operation.to);
      return steps === stage.steps ? stage : { ...stage, steps };
    });
  }
  // A step id is unique in its stage only, so the place it moves to may have it.
  if (target.steps.some((each) => each.id === step.id)) return null;
  const left = withStage(journey, source.id, (stage) => ({ ...stage, steps: stage.steps.filter((each) => each !== step) }));
  return left && withStage(left, target.id, (stage) => ({ ...stage, steps: inserted(stage.steps, operation.to, step) }));
}

function withStage(journey: Journey, id: string, change: (stage: Stage) => Stage | null): Journey | null {
  const at = stageAt(journey, id);
  const stage = journey.stages[at];
  if (!stage) return null;
  const changed = change(stage);
  if (!changed) return null;
  return changed === stage ? journey : { ...journey, stages: journey.stages.with(at, changed) };
}

// An exclusion whose range names a stage that is gone would make the whole
// journey invalid, so it goes with the stage.
function withoutExclusionsOf(journey: Journey, stage: string): JourneyPatch {
  const kept = journey.exclude?.filter((each: Exclusion) => !each.between.includes(stage));
  if (!kept || kept.length === journey.exclude?.length) return {};
  return { exclude: kept.length > 0 ? kept : undefined };
}

function patched<T extends object>(value: T, patch: Partial<NoInfer<T>>): T {
  const keys = Object.keys(patch) as (keyof T)[];
  if (keys.every((key) => same(value[key], patch[key]))) return value;
  const result = { ...value, ...patch };
  for (const key of keys) if (patch[key] === undefined) delete result[key];
  return result;
}

/** Whether two drawings have the same steps in the same places, whatever is written in them. */
export function sameShape(a: Journey, b: Journey): boolean {
  const shape = ({ stages }: Journey) => stages.map(({ id, steps }) => [id, steps.map((step) => step.id)]);
  return same(shape(a), shape(b));
}

function stageAt(journey: Journey, id: string): number {
  return journey.stages.findIndex((stage) => stage.id === id);
}

function stepAt(stage: Stage, id: string): number {
  return stage.steps.findIndex((step) => step.id === id);
}

function inserted<T>(list: readonly T[], at: number, item: T): T[] {
  return list.toSpliced(Math.max(0, Math.min(at, list.length)), 0, item);
}

function moved<T>(list: T[], from: number, to: number): T[] {
  const target = Math.max(0, Math.min(to, list.length - 1));
  const item = list[from];
  if (item === undefined || from === target) return list;
  return inserted(list.toSpliced(from, 1), target, item);
}

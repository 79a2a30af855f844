// What can be done with a stage or step where it stands: the one list behind
// the menu, the keyboard and the drag.

import type { Journey } from '../../api/types';
import { findStage, findStep, freshId, type Operation, type Spot } from './operation';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where the focus goes from a spot: h and l to the stage beside, j and k along its steps. */
export function neighbour(journey: Journey, spot: Spot | undefined, direction: Direction): Spot | null {
  const first = journey.stages[0];
  if (!spot) return first ? { stage: first.id } : null;
  const at = journey.stages.findIndex((stage) => stage.id === spot.stage);
  const stage = journey.stages[at];
  if (!stage) return first ? { stage: first.id } : null;
  const row = stage.steps.findIndex((step) => step.id === spot.step); // −1 is the stage itself
  if (direction === 'up' || direction === 'down') {
    const next = direction === 'up' ? row - 1 : row + 1;
    if (next < -1 || next >= stage.steps.length) return null;
    return spotAt(journey, at, next);
  }
  const beside = at + (direction === 'left' ? -1 : 1);
  return beside < 0 || beside >= journey.stages.length ? null : spotAt(journey, beside, row);
}

/** The move of a stage or step by one place; null at the edge. */
export function moveBy(journey: Journey, spot: Spot, direction: Direction): Operation | null {
  const at = journey.stages.findIndex((stage) => stage.id === spot.stage);
  const stage = journey.stages[at];
  if (!stage) return null;
  const by = direction === 'left' || direction === 'up' ? -1 : 1;
  if (spot.step === undefined) {
    const to = at + by;
    if (direction === 'up' || direction === 'down' || to < 0 || to >= journey.stages.length) return null;
    return { do: 'moveStage', stage: spot.stage, to };
  }
  const row = stage.steps.findIndex((step) => step.id === spot.step);
  if (row < 0) return null;
  if (direction === 'up' || direction === 'down') {
    const to = row + by;
    return to < 0 || to >= stage.steps.length ? null : { do: 'moveStep', stage: spot.stage, step: spot.step, toStage: spot.stage, to };
  }
  const target = journey.stages[at + by];
  return target ? moveTo(journey, spot, target.id, row) : null;
}

/** The move of a step into a stage, at a place in it (default: the end). */
export function moveTo(journey: Journey, spot: Spot, toStage: string, to?: number): Operation | null {
  const target = findStage(journey, toStage);
  if (!target || spot.step === undefined || !findStep(journey, spot)) return null;
  if (toStage !== spot.stage && target.steps.some((step) => step.id === spot.step)) return null;
  return { do: 'moveStep', stage: spot.stage, step: spot.step, toStage, to: Math.min(to ?? target.steps.length, target.steps.length) };
}

/** A new step after the one at the spot, or at the end of the stage. */
export function newStep(journey: Journey, spot: Spot, name: string): Operation | null {
  const stage = findStage(journey, spot.stage);
  if (!stage) return null;
  const row = stage.steps.findIndex((step) => step.id === spot.step);
  return { do: 'addStep', stage: stage.id, step: { id: freshId('step', journey), name }, at: row < 0 ? stage.steps.length : row + 1 };
}

/** A new stage after the one at the spot, or at the end; it comes with a step to bind. */
export function newStage(journey: Journey, spot: Spot | undefined, name: string, stepName: string): Operation {
  const at = journey.stages.findIndex((stage) => stage.id === spot?.stage);
  const steps = [{ id: freshId('step', journey), name: stepName }];
  return { do: 'addStage', stage: { id: freshId('stage', journey), name, steps }, at: at < 0 ? journey.stages.length : at + 1 };
}

/** The same stage or step once more, right behind itself, under ids of its own. */
export function duplicate(journey: Journey, spot: Spot): Operation | null {
  const at = journey.stages.findIndex((stage) => stage.id === spot.stage);
  const stage = journey.stages[at];
  if (!stage) return null;
  if (spot.step === undefined) {
    const taken = { ...journey, stages: [...journey.stages] };
    const steps = stage.steps.map((step) => {
      const copy = { ...step, id: freshId('step', taken) };
      taken.stages.push({ id: '', steps: [copy] });
      return copy;
    });
    return { do: 'addStage', stage: { ...stage, id: freshId('stage', taken), steps }, at: at + 1 };
  }
  const row = stage.steps.findIndex((step) => step.id === spot.step);
  const step = stage.steps[row];
  return step ? { do: 'addStep', stage: stage.id, step: { ...step, id: freshId('step', journey) }, at: row + 1 } : null;
}

export function remove(journey: Journey, spot: Spot): Operation | null {
  if (spot.step === undefined) return findStage(journey, spot.stage) ? { do: 'deleteStage', stage: spot.stage } : null;
  return findStep(journey, spot) ? { do: 'deleteStep', stage: spot.stage, step: spot.step } : null;
}

/** The operation of dropping something dragged at the edge of something else; null where it does not fit. */
export function dropAt(journey: Journey, dragged: Spot, target: Spot, after: boolean): Operation | null {
  if (dragged.step === undefined) {
    const [from, onto] = [dragged, target].map((spot) => journey.stages.findIndex((stage) => stage.id === spot.stage));
    if (from === undefined || onto === undefined || from < 0 || onto < 0) return null;
    return { do: 'moveStage', stage: dragged.stage, to: landing(from, onto, after) };
  }
  if (target.step === undefined) return moveTo(journey, dragged, target.stage);
  const steps = findStage(journey, target.stage)?.steps ?? [];
  const onto = steps.findIndex((step) => step.id === target.step);
  const from = target.stage === dragged.stage ? steps.findIndex((step) => step.id === dragged.step) : Number.POSITIVE_INFINITY;
  return onto < 0 ? null : moveTo(journey, dragged, target.stage, landing(from, onto, after));
}

// Where the item ends up once it has been taken out of the list in front of it.
function landing(from: number, onto: number, after: boolean): number {
  const place = after ? onto + 1 : onto;
  return from < place ? place - 1 : place;
}

function spotAt(journey: Journey, at: number, row: number): Spot | null {
  const stage = journey.stages[at];
  if (!stage) return null;
  const step = stage.steps[Math.min(row, stage.steps.length - 1)];
  return row < 0 || !step ? { stage: stage.id } : { stage: stage.id, step: step.id };
}

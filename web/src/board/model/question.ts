// What the board asks the measure engine, out of what is drawn and what the
// filter bar says.

import type { Journey, MeasureRequest, Revision, Step } from '../../api/types';
import type { Address } from './address';
import { same } from '../../drawing/same';
import { periodBefore } from './period';

/** The breakdown of a board whose address names none: its sentence wants to say who is worst. */
export const usualBreakdown: readonly string[] = ['channel'];

/**
 * The question of the board. A stored revision is asked by its id, so that the
 * answer names it; a draft is sent as far as it can be measured. Null when
 * there is nothing to measure.
 */
export function questionOf(revision: Revision<Journey>, journey: Journey, address: Address): MeasureRequest | null {
  const drawn = measurable(journey);
  if (drawn.stages.length === 0) return null;
  const stored = same(drawn, measurable(revision.body));
  return {
    ...(stored ? { journeyId: revision.id, version: revision.version } : { journey: drawn }),
    ...(address.window && { window: address.window }),
    ...(address.from && { from: address.from }),
    ...(address.to && { to: address.to }),
    ...(address.asOf && { asOf: address.asOf }),
    ...(address.segment && { segment: address.segment }),
    breakdown: address.by ?? [...usualBreakdown],
    ...(address.attribution && { attribution: address.attribution }),
  };
}

/** The same question of the period before; null when there is none. */
export function questionBefore(question: MeasureRequest | null, address: Address, today: string): MeasureRequest | null {
  const period = address.compare ? periodBefore(address, today) : null;
  if (!question || !period) return null;
  const { breakdown: _, attribution: __, ...rest } = question;
  return { ...rest, ...period };
}

/** The parts of a journey that a number depends on, without stages that have no steps yet. */
export function measurable(journey: Journey): Journey {
  const stages = journey.stages
    .filter((stage) => stage.steps.length > 0)
    .map(({ id, pass, optional, steps }) => ({ id, ...(pass && { pass }), ...(optional && { optional }), steps: steps.map(counted) }));
  const kept = new Set(stages.map((stage) => stage.id));
  const exclude = journey.exclude?.filter((each) => each.between.every((stage) => kept.has(stage)));
  const { kind, id, subject, window, order, entry, excluded } = journey;
  return {
    kind,
    id,
    ...(subject && { subject }),
    ...(window && { window }),
    ...(order && { order }),
    ...(entry && { entry }),
    ...(excluded && { excluded }),
    stages,
    ...(exclude && exclude.length > 0 && { exclude }),
  };
}

function counted({ id, when, times, within, firstEver, cost }: Step): Step {
  return {
    id,
    ...(when && when.length > 0 && { when }),
    ...(times !== undefined && { times }),
    ...(within !== undefined && { within }),
    ...(firstEver !== undefined && { firstEver }),
    ...(cost && { cost }),
  };
}

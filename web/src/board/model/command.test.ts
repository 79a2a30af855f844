import { describe, expect, it } from 'vitest';
import { dropAt, duplicate, moveBy, moveTo, neighbour, newStage, newStep } from './command';
import { apply, type Spot } from './operation';
import { journey } from './sample';
import { questionBefore, questionOf } from './question';
import { parseAddress } from './address';
import type { Journey, Revision } from '../../api/types';

const drawn = (to: Journey | null) => to?.stages.map((stage) => `${stage.id}: ${stage.steps.map((step) => step.id).join(' ')}`);
const won: Spot = { stage: 'signed', step: 'won' };

describe('the focus', () => {
  it('goes from the stage down its steps, and beside to the step in the same row', () => {
    expect(neighbour(journey, undefined, 'right')).toEqual({ stage: 'visit' });
    expect(neighbour(journey, { stage: 'signed' }, 'down')).toEqual(won);
    expect(neighbour(journey, { stage: 'signed', step: 'call' }, 'right')).toEqual({ stage: 'first', step: 'paid' });
    expect(neighbour(journey, { stage: 'visit' }, 'left')).toBeNull();
    expect(neighbour(journey, { stage: 'first', step: 'paid' }, 'down')).toBeNull();
  });
});

describe('moves by one place', () => {
  it.each([
    [won, 'down', ['visit: landing', 'lead: contact', 'signed: call won', 'first: paid']],
    [won, 'right', ['visit: landing', 'lead: contact', 'signed: call', 'first: won paid']],
    [{ stage: 'lead' }, 'left', ['lead: contact', 'visit: landing', 'signed: won call', 'first: paid']],
  ] as const)('%o %s', (spot, direction, expected) => {
    expect(drawn(apply(journey, moveBy(journey, spot, direction)!))).toEqual(expected);
  });

  it('end at the edge', () => {
    expect(moveBy(journey, { stage: 'visit' }, 'left')).toBeNull();
    expect(moveBy(journey, won, 'up')).toBeNull();
    expect(moveBy(journey, { stage: 'first', step: 'paid' }, 'right')).toBeNull();
    expect(moveTo(journey, won, 'nowhere')).toBeNull();
  });
});

describe('drops', () => {
  it.each([
    [won, { stage: 'signed', step: 'call' }, true, ['visit: landing', 'lead: contact', 'signed: call won', 'first: paid']],
    [won, { stage: 'first', step: 'paid' }, false, ['visit: landing', 'lead: contact', 'signed: call', 'first: won paid']],
    [won, { stage: 'visit' }, true, ['visit: landing won', 'lead: contact', 'signed: call', 'first: paid']],
    [{ stage: 'visit' }, { stage: 'signed' }, true, ['lead: contact', 'signed: won call', 'visit: landing', 'first: paid']],
    [{ stage: 'first' }, { stage: 'lead' }, false, ['visit: landing', 'first: paid', 'lead: contact', 'signed: won call']],
  ] as const)('%o at %o, after: %s', (dragged, target, after, expected) => {
    expect(drawn(apply(journey, dropAt(journey, dragged, target, after)!))).toEqual(expected);
  });

  it('of something on itself change nothing', () => {
    expect(apply(journey, dropAt(journey, won, won, true)!)).toBe(journey);
    expect(apply(journey, dropAt(journey, won, won, false)!)).toBe(journey);
  });
});

describe('new parts', () => {
  it('come right after where one is', () => {
    const step = apply(journey, newStep(journey, won, 'x')!)!;
    expect(step.stages[2]?.steps.map((each) => each.name)).toEqual(['簽下合約', 'x', '電話確認']);
    const stage = apply(journey, newStage(journey, { stage: 'lead' }, 'A', 'a'))!;
    expect(stage.stages[2]).toMatchObject({ name: 'A', steps: [{ name: 'a' }] });
  });

  it('a copy has ids of its own', () => {
    const copied = apply(journey, duplicate(journey, { stage: 'signed' })!)!;
    const ids = copied.stages.flatMap((stage) => [stage.id, ...stage.steps.map((step) => step.id)]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(copied.stages[3]?.steps.map((step) => step.name)).toEqual(['簽下合約', '電話確認']);
  });
});

describe('the question', () => {
  const revision = { id: journey.id, version: 7, body: journey } as Revision<Journey>;
  const address = parseAddress({ from: '2018-03-01', to: '2018-03-31', by: 'channel' });

  it('names the stored revision while nothing that counts was changed', () => {
    const renamed = apply(journey, { do: 'editStage', stage: 'lead', patch: { name: 'x', folded: true } })!;
    expect(questionOf(revision, renamed, address)).toEqual({ journeyId: 'seller-growth', version: 7, from: '2018-03-01', to: '2018-03-31', breakdown: ['channel'] });
  });

  it('sends the draft as far as it can be measured', () => {
    const grown = apply(journey, { do: 'addStage', stage: { id: 'empty', steps: [] }, at: 1 })!;
    const bound = apply(grown, { do: 'editStep', stage: 'visit', step: 'landing', patch: { when: [{ event: 'Page Viewed' }] } })!;
    const question = questionOf(revision, bound, address);
    expect(question?.journeyId).toBeUndefined();
    expect(question?.journey?.stages.map((stage) => stage.id)).toEqual(['visit', 'lead', 'signed', 'first']);
    expect(question?.journey?.stages[0]?.steps[0]?.when).toEqual([{ event: 'Page Viewed' }]);
  });

  it('is not asked of a journey without steps', () => {
    expect(questionOf(revision, { ...journey, stages: [] }, address)).toBeNull();
  });

  it('of the period before is the same but for the days', () => {
    const question = questionOf(revision, journey, address);
    expect(questionBefore(question, address, '2018-11-14')).toEqual({ journeyId: 'seller-growth', version: 7, from: '2018-01-29', to: '2018-02-28' });
    expect(questionBefore(question, { ...address, compare: false }, '2018-11-14')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { drafts, type Draft } from './draft';
import { apply, findStep, freshId, type Operation } from './operation';
import { journey } from './sample';

const { start: startDraft, undo, redo, isDirty, rebase } = drafts;
const perform = (draft: Draft, operation: Operation) => drafts.perform(draft, [operation]);

const everyOperation: Operation[] = [
  { do: 'edit', patch: { window: '90d', exclude: undefined } },
  { do: 'addStage', stage: { id: 'grown', steps: [] }, at: 1 },
  { do: 'editStage', stage: 'lead', patch: { name: '引發興趣', optional: true } },
  { do: 'moveStage', stage: 'first', to: 0 },
  { do: 'deleteStage', stage: 'visit' },
  { do: 'addStep', stage: 'lead', step: { id: 'reply', name: '回覆' }, at: 0 },
  { do: 'editStep', stage: 'visit', step: 'landing', patch: { when: [{ event: 'Page Viewed' }] } },
  { do: 'moveStep', stage: 'signed', step: 'call', toStage: 'lead', to: 0 },
  { do: 'moveStep', stage: 'signed', step: 'call', toStage: 'signed', to: 0 },
  { do: 'deleteStep', stage: 'signed', step: 'call' },
];

describe('operations', () => {
  it.each(everyOperation)('$do leaves the journey it started from as it was, and undo gives it back', (operation) => {
    const before = structuredClone(journey);
    const draft = perform(startDraft(journey, 7), operation);
    expect(draft.body).not.toEqual(before);
    expect(journey).toEqual(before);
    expect(undo(draft).body).toBe(journey);
    expect(redo(undo(draft)).body).toEqual(draft.body);
  });

  it('share every part they do not touch', () => {
    const edited = apply(journey, { do: 'editStep', stage: 'lead', step: 'contact', patch: { name: '留電話' } });
    expect(edited?.stages[0]).toBe(journey.stages[0]);
    expect(edited?.stages[2]).toBe(journey.stages[2]);
    expect(edited?.stages[1]).not.toBe(journey.stages[1]);
  });

  it('that change nothing give the same journey back', () => {
    expect(apply(journey, { do: 'editStage', stage: 'lead', patch: { name: '興趣' } })).toBe(journey);
    expect(apply(journey, { do: 'moveStage', stage: 'first', to: 99 })).toBe(journey);
    expect(apply(journey, { do: 'edit', patch: { description: undefined } })).toBe(journey);
  });

  it('on something that is not there are refused', () => {
    expect(apply(journey, { do: 'deleteStage', stage: 'nowhere' })).toBeNull();
    expect(apply(journey, { do: 'editStep', stage: 'lead', step: 'nothing', patch: { name: 'x' } })).toBeNull();
    expect(apply(journey, { do: 'moveStep', stage: 'signed', step: 'call', toStage: 'nowhere', to: 0 })).toBeNull();
  });

  it('remove a field that is patched with undefined', () => {
    const unbound = apply(journey, { do: 'editStep', stage: 'lead', step: 'contact', patch: { when: undefined } });
    expect(Object.keys(findStep(unbound!, { stage: 'lead', step: 'contact' })!)).not.toContain('when');
  });

  it('deleting a stage takes the exclusions that name it along', () => {
    expect(apply(journey, { do: 'deleteStage', stage: 'lead' })?.exclude).toBeUndefined();
    expect(apply(journey, { do: 'deleteStage', stage: 'visit' })?.exclude).toHaveLength(1);
  });

  it('moving a step to another stage keeps its id and its definition', () => {
    const moved = apply(journey, { do: 'moveStep', stage: 'signed', step: 'won', toStage: 'first', to: 1 });
    expect(moved?.stages.map((stage) => stage.steps.map((step) => step.id))).toEqual([['landing'], ['contact'], ['call'], ['paid', 'won']]);
    expect(moved?.stages[3]?.steps[1]).toBe(journey.stages[2]?.steps[0]);
  });

  it('make ids that nothing in the journey has', () => {
    const rolls = [0, 0, 0.5];
    const taken = apply(journey, { do: 'addStep', stage: 'lead', step: { id: 'step-0000' }, at: 0 })!;
    expect(freshId('step', taken, () => rolls.shift() ?? 0)).toBe('step-i000');
  });
});

describe('a draft', () => {
  it('is dirty only while it differs from its revision', () => {
    const clean = startDraft(journey, 7);
    const renamed = perform(clean, { do: 'editStage', stage: 'lead', patch: { name: 'A' } });
    const backAgain = perform(renamed, { do: 'editStage', stage: 'lead', patch: { name: '興趣' } });
    expect([clean, renamed, backAgain].map(isDirty)).toEqual([false, true, false]);
  });

  it('forgets what could be redone once something else is done', () => {
    let draft = perform(startDraft(journey, 7), { do: 'deleteStage', stage: 'visit' });
    draft = perform(undo(draft), { do: 'deleteStage', stage: 'first' });
    expect(redo(draft)).toEqual(draft);
  });

  it('undoes and redoes any number of operations in order', () => {
    const usable = everyOperation.filter((operation) => operation.do !== 'deleteStage');
    const drawn = usable.reduce(perform, startDraft(journey, 7));
    let back = drawn;
    while (back.done.length > 0) back = undo(back);
    expect(back.body).toBe(journey);
    while (back.undone.length > 0) back = redo(back);
    expect(back.body).toEqual(drawn.body);
  });

  it('put on top of another revision keeps both sides, and undo takes back only one’s own', () => {
    const mine = perform(startDraft(journey, 7), { do: 'editStep', stage: 'lead', step: 'contact', patch: { name: '留下電話' } });
    const theirs = apply(journey, { do: 'editStage', stage: 'first', patch: { name: '第一單' } })!;
    const { draft, lost } = rebase(mine, theirs, 8);
    expect(lost).toEqual([]);
    expect(draft.version).toBe(8);
    expect(draft.body.stages[1]?.steps[0]?.name).toBe('留下電話');
    expect(draft.body.stages[3]?.name).toBe('第一單');
    expect(undo(draft).body).toEqual(theirs);
  });

  it('tells what could not be kept because the other revision has deleted its place', () => {
    const edit: Operation = { do: 'editStage', stage: 'lead', patch: { name: 'B' } };
    const mine = perform(perform(startDraft(journey, 7), edit), { do: 'deleteStage', stage: 'visit' });
    const theirs = apply(journey, { do: 'deleteStage', stage: 'lead' })!;
    const { draft, lost } = rebase(mine, theirs, 8);
    expect(lost).toEqual([edit]);
    expect(draft.body.stages.map((stage) => stage.id)).toEqual(['signed', 'first']);
  });
});

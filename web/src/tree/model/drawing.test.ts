import { describe, expect, it } from 'vitest';
import { answer, definition } from '../fixture';
import type { TreeDefinition } from './definition';
import { drafts } from './draft';
import { faultsByKey } from './faults';
import { apply, freshId, takeOut, type Operation } from './operation';
import { preview } from './preview';

const { start: startDraft, perform, undo, redo, isDirty, rebase } = drafts;
const after = (...operations: Operation[]): TreeDefinition => perform(startDraft(definition, 4), operations).body;
const names = (tree: TreeDefinition) => (tree.objectives ?? []).map(({ id, strategies }) => [id, (strategies ?? []).map((strategy) => strategy.id)]);

describe('an operation', () => {
  it('hangs a metric in a list and takes it out again, leaving no empty list', () => {
    const hung = after({ do: 'list', metric: 'fans', list: 'counters', isIn: true });
    expect(hung.counters).toEqual(['fans']);
    expect('counters' in (apply(hung, { do: 'list', metric: 'fans', list: 'counters', isIn: false }) ?? {})).toBe(false);
  });

  it('changes nothing, as the very same tree, where it is so already', () => {
    const already: Operation[] = [
      { do: 'list', metric: 'rate', list: 'constellation', isIn: true }, { do: 'measure', strategy: 'shops', metric: 'fans', isIn: true }, { do: 'measure', strategy: 'shops', metric: 'rate', isIn: false },
      { do: 'guard', guardrail: { metric: 'refunds', tier: 1, limit: 0.05 } }, { do: 'editStrategy', strategy: 'shops', patch: { owner: undefined } }, { do: 'moveStrategy', strategy: 'partners', objective: 'grow', to: 0 },
      { do: 'place', metric: 'rate', at: null }, { do: 'influence', influence: { from: 'rate', to: 'star', sign: '+', lag: 2, reason: { en: 'because' } } },
    ];
    for (const operation of already) expect(apply(definition, operation), operation.do).toBe(definition);
  });

  it('is impossible where what it acts on is not there', () => {
    const impossible: Operation[] = [
      { do: 'unguard', metric: 'star' }, { do: 'measure', strategy: 'gone', metric: 'star', isIn: true }, { do: 'editObjective', objective: 'gone', patch: {} }, { do: 'deleteObjective', objective: 'gone' },
      { do: 'addObjective', objective: { id: 'grow' } }, { do: 'addStrategy', objective: 'gone', strategy: { id: 'new' } }, { do: 'addStrategy', objective: 'grow', strategy: { id: 'shops' } },
      { do: 'moveStrategy', strategy: 'shops', objective: 'gone', to: 0 }, { do: 'deleteStrategy', strategy: 'gone' }, { do: 'uninfluence', from: 'star', to: 'rate' },
      { do: 'untarget', metric: 'star', from: '2020-01-01' }, { do: 'life', star: 'rate', since: undefined, lifeCycle: 'start' },
    ];
    for (const operation of impossible) expect(apply(definition, operation), operation.do).toBeNull();
  });

  it('adds, moves and deletes objectives and strategies', () => {
    const tree = after({ do: 'addObjective', objective: { id: 'keep', name: 'Keep' } }, { do: 'moveStrategy', strategy: 'shops', objective: 'keep', to: 0 }, { do: 'moveObjective', objective: 'keep', to: 0 });
    expect(names(tree)).toEqual([['keep', ['shops']], ['grow', ['partners']]]);
    expect(names(apply(tree, { do: 'deleteStrategy', strategy: 'partners' }) ?? definition)).toEqual([['keep', ['shops']], ['grow', []]]);
    expect(names(apply(tree, { do: 'deleteObjective', objective: 'keep' }) ?? definition)).toEqual([['grow', ['partners']]]);
  });

  it('takes what a target asked of an objective away with it', () => {
    const asked = after({ do: 'target', target: { metric: 'star', from: '2026-07-01', to: '2026-12-31', value: 620, parts: [{ objective: 'grow', share: 0.5 }, { metric: 'rate', value: 1 }] } });
    expect(apply(asked, { do: 'deleteObjective', objective: 'grow' })?.targets?.[0]?.parts).toEqual([{ metric: 'rate', value: 1 }]);
  });

  it('keeps a target in its place when its first day changes', () => {
    const tree = after({ do: 'target', target: { metric: 'star', from: '2026-08-01', to: '2026-12-31', value: 700 }, was: '2026-07-01' });
    expect(tree.targets).toEqual([{ metric: 'star', from: '2026-08-01', to: '2026-12-31', value: 700 }]);
  });

  it('lets a star succeed, which is no input any more, and writes its checklist', () => {
    const tree = after({ do: 'succeed', star: { metric: 'rate', since: '2027-01-01', reason: { en: 'nearer' } } }, { do: 'checklist', star: 'rate', since: '2027-01-01', question: 'value', sentence: { en: 'it is theirs' } });
    expect(tree.stars.map(({ metric }) => metric)).toEqual(['star', 'rate']);
    expect(tree.constellation).toEqual(['visits', 'signed']);
    expect(tree.stars[1]?.checklist).toEqual({ value: { en: 'it is theirs' } });
    expect('checklist' in (apply(tree, { do: 'checklist', star: 'rate', since: '2027-01-01', question: 'value', sentence: undefined })?.stars[1] ?? {})).toBe(false);
  });

  it('takes a metric out of everything that names it', () => {
    const tree = after(...takeOut(definition, 'rate'));
    expect(JSON.stringify(tree)).not.toContain('"rate"');
    expect(after(...takeOut(definition, 'refunds')).guardrails).toBeUndefined();
    expect(takeOut(definition, 'unknown')).toEqual([]);
  });

  it('finds ids that nothing has', () => {
    expect(freshId(definition, 'strategy', 'Shops')).toBe('shops-2');
    expect(freshId(definition, 'objective', 'Más clientes!')).toBe('mas-clientes');
    expect(freshId(definition, 'objective', '。')).toBe('objective');
  });
});

describe('a draft', () => {
  const add: Operation = { do: 'addObjective', objective: { id: 'keep' } };
  const hang: Operation = { do: 'list', metric: 'fans', list: 'counters', isIn: true };

  it('undoes in one what was done in one, and does it again', () => {
    const drawn = perform(perform(startDraft(definition, 4), [add]), [hang, { do: 'place', metric: 'rate', at: { x: 1.4, y: 2 } }]);
    expect(drawn.body.layout).toEqual({ rate: { x: 1, y: 2 } });
    const back = undo(drawn);
    expect([back.body.counters, back.body.objectives?.length]).toEqual([undefined, 2]);
    expect(redo(back).body).toEqual(drawn.body);
    expect(undo(undo(undo(drawn))).body).toBe(definition);
    expect([isDirty(drawn), isDirty(undo(back))]).toEqual([true, false]);
  });

  it('does all of what belongs together, or nothing', () => {
    const start = startDraft(definition, 4);
    expect(perform(start, [hang, { do: 'deleteStrategy', strategy: 'gone' }])).toBe(start);
  });

  it('is put on top of what somebody else saved, and says what is lost', () => {
    const drawn = perform(perform(startDraft(definition, 4), [{ do: 'measure', strategy: 'shops', metric: 'visits', isIn: true }, hang]), [add]);
    const theirs = apply(apply(definition, { do: 'deleteStrategy', strategy: 'shops' }) ?? definition, { do: 'list', metric: 'visits', list: 'spend', isIn: true }) ?? definition;
    const { draft, lost } = rebase(drawn, theirs, 5);
    expect(lost.map((operation) => operation.do)).toEqual(['measure']);
    expect([draft.version, draft.body.counters, draft.body.spend, names(draft.body)]).toEqual([5, ['fans'], ['visits'], [['grow', ['partners']], ['keep', []]]]);
  });
});

describe('a draft before it is measured', () => {
  it('is drawn as it is measured where nothing has changed', () => {
    const told = preview(answer, definition, []);
    expect(new Set(told.nodes.map(({ metric }) => metric))).toEqual(new Set(answer.nodes.map(({ metric }) => metric)));
    for (const node of told.nodes) {
      const measured = answer.nodes.find(({ metric }) => metric === node.metric);
      expect({ ...node, roles: [] }, node.metric).toEqual({ ...measured, roles: [], target: node.metric === 'star' ? measured?.target : null });
    }
    expect(told.edges.map(({ from, to, influence }) => [from, to, influence?.strength])).toEqual(answer.edges.map(({ from, to, influence }) => [from, to, influence?.strength]));
  });

  it('has what is new without numbers, and what is gone no more', () => {
    const tree = after({ do: 'measure', strategy: 'shops', metric: 'new', isIn: true }, ...takeOut(definition, 'basket'), { do: 'guard', guardrail: { metric: 'refunds', tier: 1, limit: 0.1 } }, { do: 'influence', influence: { from: 'fans', to: 'star', sign: '-' } });
    const told = preview(answer, tree, [{ id: 'new', name: 'New', meaning: '', owner: ['it'], level: 3, unit: 'order', good: 'up', version: 1 }]);
    const node = (id: string) => told.nodes.find(({ metric }) => metric === id);
    expect(node('new')).toMatchObject({ name: 'New', value: null, roles: ['kpi'], owner: ['it'] });
    expect([node('basket'), node('revenue')]).toEqual([undefined, undefined]); // nothing is made of revenue any more
    expect(node('refunds')?.guardrail).toEqual({ tier: 1, limit: 0.1, broken: null });
    expect(told.edges.find(({ from }) => from === 'fans')?.influence).toMatchObject({ sign: '-', n: 0, strength: null });
  });
});

describe('the faults of a draft', () => {
  it('stand at the card that their path names', () => {
    const faults = [
      { path: 'objectives[0].strategies[1].steps[0].stage', message: 'no stage' }, { path: 'objectives[0].id', message: 'no id' }, { path: 'constellation[2]', message: 'twice' },
      { path: 'influences[0].lag', message: 'too long' }, { path: 'influences[0]', message: 'on itself' }, { path: 'targets[0].to', message: 'too early' }, { path: 'constellation', message: 'too few' },
    ];
    expect([...faultsByKey(faults, definition)]).toEqual([['strategy:grow/shops', 'no stage'], ['objective:grow', 'no id'], ['signed', 'twice'], ['rate', 'too long on itself'], ['star', 'too early']]);
  });
});

import { describe, expect, it } from 'vitest';
import { answer, definition } from '../fixture';
import type { TreeDefinition } from './definition';
import { drafts } from './draft';
import { faultsAt, faultsByKey } from './faults';
import { apply, freshId, takeOut, type Operation } from './operation';
import { preview } from './preview';
import { targetsIn } from './target';

const { start: startDraft, perform, undo, redo, isDirty, rebase } = drafts;
const after = (...operations: Operation[]): TreeDefinition => perform(startDraft(definition, 4), operations).body;
/** The one target that the fixture has. */
const year = { metric: 'star', from: '2026-07-01', to: '2026-12-31' };
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
      { do: 'deleteTarget', target: { metric: 'star', from: '2020-01-01', to: '2020-12-31' } }, { do: 'editTarget', target: { ...year, objective: 'grow' }, patch: { value: 1 } },
      { do: 'addTarget', objective: 'gone', target: { ...year, value: 1 } }, { do: 'addTarget', target: { ...year, value: 1 } }, { do: 'unpart', target: year, of: 'rate' }, { do: 'role', strategy: 'shops', metric: 'rate', role: 'target' }, { do: 'life', star: 'rate', since: undefined, lifeCycle: 'start' },
    ];
    for (const operation of impossible) expect(apply(definition, operation), operation.do).toBeNull();
  });

  it('adds, moves and deletes objectives and strategies', () => {
    const tree = after({ do: 'addObjective', objective: { id: 'keep', name: 'Keep' } }, { do: 'moveStrategy', strategy: 'shops', objective: 'keep', to: 0 }, { do: 'moveObjective', objective: 'keep', to: 0 });
    expect(names(tree)).toEqual([['keep', ['shops']], ['grow', ['partners']]]);
    expect(names(apply(tree, { do: 'deleteStrategy', strategy: 'partners' }) ?? definition)).toEqual([['keep', ['shops']], ['grow', []]]);
    expect(names(apply(tree, { do: 'deleteObjective', objective: 'keep' }) ?? definition)).toEqual([['grow', ['partners']]]);
  });

  it('apportions a target, and takes what it asks of an objective away with it', () => {
    const asked = after({ do: 'part', target: year, part: { objective: 'grow', share: 0.4 } }, { do: 'part', target: year, part: { metric: 'rate', value: 1 } }, { do: 'part', target: year, part: { objective: 'grow', share: 0.5 } });
    expect(asked.targets?.[0]?.parts).toEqual([{ objective: 'grow', share: 0.5 }, { metric: 'rate', value: 1 }]);
    expect(apply(asked, { do: 'deleteObjective', objective: 'grow' })?.targets?.[0]?.parts).toEqual([{ metric: 'rate', value: 1 }]);
    const none = apply(apply(asked, { do: 'unpart', target: year, of: 'rate' }) ?? definition, { do: 'unpart', target: year, of: 'objective:grow' });
    expect(none).toEqual(definition); // without an empty list
  });

  it('keeps a target in its place when its days change, and lets none become another', () => {
    const moved = after({ do: 'editTarget', target: year, patch: { from: '2026-08-01', reads: 'total' } });
    expect(moved.targets).toEqual([{ metric: 'star', from: '2026-08-01', to: '2026-12-31', value: 620, basis: 460, reads: 'total' }]);
    const quarter = apply(definition, { do: 'addTarget', target: { metric: 'star', from: '2026-07-01', to: '2026-09-30', value: 500 } }) ?? definition;
    expect(quarter.targets).toHaveLength(2); // they begin on one day
    expect(apply(quarter, { do: 'editTarget', target: year, patch: { to: '2026-09-30' } })).toBeNull();
    expect(apply(quarter, { do: 'deleteTarget', target: year })?.targets?.map(({ to }) => to)).toEqual(['2026-09-30']);
  });

  it('gives a target to an objective, where it is changed like any other, and back', () => {
    const given = after({ do: 'moveTarget', target: year, objective: 'grow' }, { do: 'editTarget', target: { ...year, objective: 'grow' }, patch: { basis: undefined } });
    expect(given.targets).toBeUndefined();
    expect(given.objectives?.[0]?.targets).toEqual([{ ...year, value: 620 }]);
    expect(targetsIn(given).map(({ path }) => path)).toEqual(['objectives[0].targets[0]']);
    const back = apply(given, { do: 'moveTarget', target: { ...year, objective: 'grow' }, objective: undefined });
    expect([back?.targets, back?.objectives?.[0]?.targets]).toEqual([[{ ...year, value: 620 }], undefined]);
  });

  it('says the role of a measure, and not the usual one', () => {
    const said = after({ do: 'role', strategy: 'shops', metric: 'fans', role: 'target' });
    expect(said.objectives?.[0]?.strategies?.[1]?.measures).toEqual([{ metric: 'fans', role: 'target' }]);
    expect(apply(said, { do: 'role', strategy: 'shops', metric: 'fans', role: 'kpi' })).toEqual(definition);
  });

  it('says what value is, and takes it back', () => {
    const said = after({ do: 'value', value: { event: 'Brewed', within: '30d' } });
    expect(said.value).toEqual({ event: 'Brewed', within: '30d' });
    expect(apply(said, { do: 'value', value: undefined })).toEqual(definition);
  });

  it('lets a star succeed, which is no input any more, and writes its checklist', () => {
    const tree = after({ do: 'succeed', star: { metric: 'rate', since: '2027-01-01', reason: { en: 'nearer' } } }, { do: 'checklist', star: 'rate', since: '2027-01-01', question: 'value', sentence: { en: 'it is theirs' } });
    expect(tree.stars.map(({ metric }) => metric)).toEqual(['star', 'rate']);
    expect(tree.constellation).toEqual(['visits', 'signed']);
    expect(tree.stars[1]?.checklist).toEqual({ value: { en: 'it is theirs' } });
    expect('checklist' in (apply(tree, { do: 'checklist', star: 'rate', since: '2027-01-01', question: 'value', sentence: undefined })?.stars[1] ?? {})).toBe(false);
  });

  it('takes a metric out of everything that names it', () => {
    const named = after({ do: 'part', target: year, part: { metric: 'rate', value: 1 } }, { do: 'addTarget', objective: 'grow', target: { metric: 'rate', from: '2026-07-01', to: '2026-12-31', value: 0.6 } });
    expect(JSON.stringify(perform(startDraft(named, 4), takeOut(named, 'rate')).body)).not.toContain('"rate"');
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
      expect({ ...node, roles: [] }, node.metric).toEqual({ ...measured, roles: [] });
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

describe('the targets of a draft before it is measured', () => {
  const told = (...operations: Operation[]) => preview(answer, after(...operations), []);

  it('stand where they stood as long as nothing that they are measured by has changed', () => {
    const given = told({ do: 'moveTarget', target: year, objective: 'grow' }, { do: 'part', target: { ...year, objective: 'grow' }, part: { metric: 'star', value: 600 } });
    expect(given.objectives[0]?.targets).toMatchObject([{ objective: 'grow', current: 587, expected: 600, onTrack: false, parts: [{ metric: 'star', value: 600 }], partsSum: 600, partsLeft: 20 }]);
    expect(given.nodes.find(({ metric }) => metric === 'star')?.target?.objective).toBe('grow');
    expect(told({ do: 'editTarget', target: year, patch: { value: 700 } }).targets).toMatchObject([{ value: 700, current: null, onTrack: null, state: 'running' }]);
    expect(told({ do: 'editTarget', target: year, patch: { reads: 'total' } }).targets).toMatchObject([{ reads: 'total', current: null }]);
  });

  it('show the one that runs and ends first', () => {
    const shown = told({ do: 'addTarget', target: { ...year, from: '2027-01-01', to: '2027-01-31', value: 1 } }, { do: 'addTarget', target: { ...year, to: '2026-11-30', value: 2 } });
    expect(shown.targets.map(({ state }) => state)).toEqual(['running', 'upcoming', 'running']);
    expect(shown.nodes.find(({ metric }) => metric === 'star')?.target?.value).toBe(2);
  });
});

describe('the faults of a draft', () => {
  it('stand at the field that their path names, and all of a part below it', () => {
    const faults = [{ path: 'targets[0].parts[0].share', message: 'not a share' }, { path: 'targets[0].parts[0]', message: 'of whom' }, { path: 'targets[0].parts[01]', message: 'another' }, { path: 'targets[0].to', message: 'too early' }];
    expect(faultsAt(faults, 'targets[0].to')).toEqual(['too early']);
    expect(faultsAt(faults, 'targets[0].parts[0]')).toEqual(['of whom']);
    expect(faultsAt(faults, 'targets[0].parts[0]', true)).toEqual(['not a share', 'of whom']);
    expect(faultsAt(faults, 'targets[0].from')).toEqual([]);
  });

  it('stand at the card that their path names', () => {
    const faults = [
      { path: 'objectives[0].strategies[1].steps[0].stage', message: 'no stage' }, { path: 'objectives[0].id', message: 'no id' }, { path: 'constellation[2]', message: 'twice' },
      { path: 'influences[0].lag', message: 'too long' }, { path: 'influences[0]', message: 'on itself' }, { path: 'targets[0].to', message: 'too early' }, { path: 'constellation', message: 'too few' },
    ];
    expect([...faultsByKey(faults, definition)]).toEqual([['strategy:grow/shops', 'no stage'], ['objective:grow', 'no id'], ['signed', 'twice'], ['rate', 'too long on itself'], ['star', 'too early']]);
  });
});

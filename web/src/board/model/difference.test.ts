import { describe, expect, it } from 'vitest';
import type { Journey } from '../../api/types';
import { collisions, differences } from './difference';
import { apply, type Operation } from './operation';
import { journey } from './sample';

const name = (part: { id: string; name?: Journey['name'] }) => (typeof part.name === 'string' ? part.name : part.id);
const after = (...operations: Operation[]) =>
  operations.reduce<Journey>((drawn, operation) => apply(drawn, operation) ?? drawn, journey);
const short = (to: Journey) => differences(journey, to, name).map((each) => `${each.op} ${each.label.join(' › ')}`);

describe('differences', () => {
  it('of a journey with itself are none', () => expect(differences(journey, structuredClone(journey), name)).toEqual([]));

  it('name the field inside the step inside the stage', () => {
    const to = after({ do: 'editStep', stage: 'signed', step: 'won', patch: { when: [{ event: 'Contract Signed' }], channel: 'phone' } });
    expect(short(to)).toEqual(['changed 簽約 › 簽下合約 › when', 'added 簽約 › 簽下合約 › channel']);
  });

  it('call one moved stage one move, not many', () => {
    expect(short(after({ do: 'moveStage', stage: 'first', to: 0 }))).toEqual(['moved 首單']);
    expect(short(after({ do: 'moveStage', stage: 'visit', to: 3 }))).toEqual(['moved 認知']);
  });

  it('call a step that went to another stage moved, and name the stages', () => {
    const to = after({ do: 'moveStep', stage: 'signed', step: 'won', toStage: 'first', to: 0 }, { do: 'editStep', stage: 'first', step: 'won', patch: { channel: 'phone' } });
    expect(short(to)).toEqual(['moved 首單 › 簽下合約', 'added 首單 › 簽下合約 › channel']);
    expect(differences(journey, to, name)[0]).toMatchObject({ from: '簽約', to: '首單' });
  });

  it('list added and removed parts whole', () => {
    const to = after({ do: 'deleteStage', stage: 'visit' }, { do: 'addStage', stage: { id: 'grown', name: '成長', steps: [] }, at: 9 });
    expect(short(to)).toEqual(['removed 認知', 'added 成長']);
  });
});

describe('collisions', () => {
  const against = (mine: Journey, theirs: Journey) =>
    collisions(differences(journey, mine, name), differences(journey, theirs, name));
  const rename = (to: string) => after({ do: 'editStage', stage: 'lead', patch: { name: to } });

  it('are the fields two people changed in different ways', () => {
    expect([...against(rename('A'), rename('B'))]).toEqual(['lead#name']);
    expect([...against(rename('A'), rename('A'))]).toEqual([]);
    expect([...against(rename('A'), after({ do: 'editStage', stage: 'first', patch: { name: 'C' } }))]).toEqual([]);
  });

  it('include work done inside a stage that the other removed', () => {
    const mine = after({ do: 'editStep', stage: 'lead', step: 'contact', patch: { name: 'x' } });
    expect([...against(mine, after({ do: 'deleteStage', stage: 'lead' }))]).toEqual(['lead/contact#name']);
  });
});

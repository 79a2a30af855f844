import { describe, expect, it } from 'vitest';
import type { PathLink, PathNode, PathsAnswer } from '../../api/types';
import { parseAddress, searchOf, type Address } from './address';
import { anchored, firstChoice, inOrder, mostFrequent, pathsQuestion } from './paths';
import { journey } from './sample';

const stage = (id: string) => {
  const found = journey.stages.find((each) => each.id === id);
  if (!found) throw new Error(`the sample has no stage ${id}`);
  return found;
};

describe('the address of paths', () => {
  const base: Address = { view: 'flow', compare: true, edit: false };

  it('keeps what was chosen', () => {
    const path = { kind: 'between', anchor: 'lead', until: 'first', steps: 7, which: 'every' } as const;
    expect(parseAddress(searchOf({ ...base, path })).path).toEqual(path);
  });

  it('says nothing of what is as usual', () => {
    expect(searchOf({ ...base, path: { kind: 'after', anchor: 'lead', steps: 4, which: 'first' } })).toEqual({ view: 'flow', path: 'after', anchor: 'lead' });
  });

  it('leaves out what it cannot understand', () => {
    expect(parseAddress({ view: 'flow', path: 'around', anchor: 'lead' }).path).toBeUndefined();
    expect(parseAddress({ view: 'flow', path: 'after', steps: '11', which: 'third' }).path).toEqual({ kind: 'after' });
  });
});

describe('the stages that hold paths', () => {
  it('are those of the worst leak at first', () => {
    const leak = { from: stage('lead'), to: stage('signed') };
    expect(firstChoice('before', journey, leak)).toEqual({ kind: 'before', anchor: 'signed' });
    expect(firstChoice('after', journey, leak)).toEqual({ kind: 'after', anchor: 'lead' });
    expect(firstChoice('between', journey, leak)).toEqual({ kind: 'between', anchor: 'lead', until: 'signed' });
    expect(firstChoice('transitions', journey, leak)).toEqual({ kind: 'transitions' });
  });

  it('are the first and the last ones that are bound where nothing leaks', () => {
    const before = firstChoice('before', journey, null);
    expect(before.anchor).toBe(journey.stages.at(-1)?.id);
    const between = firstChoice('between', journey, null);
    expect(between.anchor).not.toBe(between.until);
  });

  it('stand in for stages that are gone, and are none where none is bound', () => {
    expect(anchored({ kind: 'between', anchor: 'gone', until: 'first' }, journey)?.until?.id).toBe('first');
    const blank = { ...journey, stages: [{ id: 'a', steps: [{ id: 's' }] }] };
    expect(anchored({ kind: 'after' }, blank)).toBeNull();
    expect(anchored({ kind: 'between' }, { ...journey, stages: [stage('lead')] })).toBeNull();
    expect(anchored({ kind: 'transitions' }, blank)).not.toBeNull();
  });
});

describe('the question', () => {
  it('is the board’s own, without its breakdown, around the stages', () => {
    const at = anchored({ kind: 'between', anchor: 'lead', until: 'signed' }, journey);
    const asked = at && pathsQuestion({ journeyId: 'seller-growth', version: 7, from: '2018-01-01', window: '30d', breakdown: ['channel'], segment: { channel: 'mail' } }, at);
    expect(asked).toEqual({
      kind: 'between', journeyId: 'seller-growth', version: 7, from: '2018-01-01', segment: { channel: 'mail' }, fold: true,
      anchor: { stage: 'lead' }, until: { stage: 'signed' }, within: '30d', steps: 4, occurrence: 'first', top: 6,
    });
  });

  it('of all transitions has no stages', () => {
    const at = anchored({ kind: 'transitions', anchor: 'lead' }, journey);
    expect(at && pathsQuestion({ journeyId: 'seller-growth' }, at)).toEqual({ kind: 'transitions', journeyId: 'seller-growth', fold: true });
  });
});

const node = (id: string, paths: number): PathNode => {
  const [position, kind, event = null] = id.split('/');
  return { id, position: Number(position), kind: kind as PathNode['kind'], event, paths, customers: paths };
};
const link = (from: string, to: string, paths: number): PathLink => ({ from, to, paths, customers: paths, medianSeconds: 60 });
const answer = (kind: PathsAnswer['kind'], nodes: PathNode[], links: PathLink[]) => ({ kind, nodes, links }) as PathsAnswer;

describe('what most people do', () => {
  it('is what follows the anchor, told by name where there is one', () => {
    const nodes = [node('0/anchor', 10), node('1/event/A', 3), node('1/other', 7), node('2/ended', 9)];
    const found = mostFrequent(answer('after', nodes, [link('1/other', '2/ended', 9), link('0/anchor', '1/other', 7), link('0/anchor', '1/event/A', 3)]));
    expect(found?.to.id).toBe('1/event/A');
    expect(found?.share).toBe(0.3);
  });

  it('before an anchor is a share of those who came to it', () => {
    const found = mostFrequent(answer('before', [node('-1/event/A', 50), node('0/anchor', 10)], [link('-1/event/A', '0/anchor', 4)]));
    expect([found?.from.event, found?.of, found?.share]).toEqual(['A', 10, 0.4]);
  });

  it('is nothing where nothing happened', () => expect(mostFrequent(answer('after', [], []))).toBeNull());

  it('is listed as the paths go', () => {
    const nodes = [node('0/anchor', 9), node('1/event/A', 4), node('1/event/B', 5), node('2/ended', 4)];
    const links = [link('1/event/A', '2/ended', 4), link('0/anchor', '1/event/A', 4), link('0/anchor', '1/event/B', 5)];
    expect(inOrder(answer('after', nodes, links)).map((each) => each.to)).toEqual(['1/event/B', '1/event/A', '2/ended']);
  });
});

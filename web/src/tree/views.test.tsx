import { within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TreeMatrix, TreeNode, TreeStanding } from '../api/tree';
import type { MetricPoint } from '../api/metric';
import type { Answer, Journey } from '../api/types';
import { serve } from '../test/server';
import { show } from '../test/show';
import { measuredTree, node as emptyNode } from '../test/tree';
import { MatrixView } from './MatrixView';
import { painOf, rowsOf, unmeasuredStages, unmeasuredSteps } from './matrix/model';
import { knownOf } from './model/figures';
import { byDistance, distanceOf, isSmall, readingOfNode } from './model/reading';
import { leadsTo, roomOf, strategiesBehind, targetLine } from './star/model';
import { StarView } from './StarView';

const point = (week: number, value: number | null, more: Partial<MetricPoint> = {}): MetricPoint => ({ from: `2026-10-${String(5 + 7 * week).padStart(2, '0')}T00:00:00+08:00`, value, n: value === null ? 0 : 40, customers: 30, low: null, high: null, partial: false, ...more });
const node = (metric: string, more: Partial<TreeNode> = {}) =>
  emptyNode(metric, { value: point(2, 12), before: point(1, 10), change: { absolute: 2, relative: 0.2, is: 'better' }, periods: [point(0, 10), point(1, 10), point(2, 12)], ...more });
const standing = (more: Partial<TreeStanding> = {}): TreeStanding => ({ metric: 'star', objective: '', from: '2026-10-01', to: '2026-12-31', value: 20, basis: 8, reason: '', state: 'running', reads: 'level', elapsed: 0.5, start: 8, current: 12, expected: 14, progress: 0.3, onTrack: false, parts: [], partsSum: null, partsLeft: null, ...more });
const bound = (stage: string, step?: string) => ({ journey: 'buyer', journeyName: { en: 'Buyers' }, stage, stageName: { en: `Stage ${stage}` }, ...(step && { step }), stepName: step ? { en: `Step ${step}` } : '', isThere: true });
const cell = (stage: string, strategies: string[] = [], metrics: string[] = []) => ({ stage, strategies, metrics, empty: metrics.length === 0 });
const matrix: TreeMatrix = {
  journey: 'buyer', name: { en: 'Buyers' }, version: 3, stages: ['visit', 'taste', 'order'].map((id) => ({ id, name: { en: `Stage ${id}` } })),
  rows: [
    { objective: 'buy', cells: [cell('visit', ['ads'], ['leads', 'cost', 'clicks']), cell('taste', ['sip']), cell('order')] },
    { objective: 'use', cells: [cell('visit'), cell('taste'), cell('order')] },
  ],
};
const answer = measuredTree({
  stars: [
    { metric: 'registered', until: '2026-05-31', rules: false, open: ['value'], lifeCycle: 'start' },
    { metric: 'star', since: '2026-06-01', until: null, rules: true, lifeCycle: 'growth', reason: { en: 'Idle machines order no tea.' }, open: ['notVanity'], checklist: { value: { en: 'Customers want the cup.' } } },
  ],
  nodes: [
    node('star', { roles: ['star'], target: standing(), owner: ['service'] }), node('registered', { roles: ['otherStar'], value: point(2, 3523) }),
    node('near', { roles: ['input'], periods: [point(0, 10), point(0, 10), point(1, 10), point(1, 10), point(2, 9)], value: point(2, 9) }), node('far', { roles: ['input'], target: standing({ metric: 'far', current: 5, expected: 10 }) }),
    node('few', { roles: ['input'], target: standing({ metric: 'few', current: 1, expected: 10 }), value: point(2, 1, { n: 4 }) }), node('silent', { roles: ['input'], value: null, periods: [], change: null, problem: 'There is no journey.' }),
    node('tickets', { roles: ['guardrail'], good: 'down', unit: '', value: point(2, 0.15), guardrail: { tier: 1, limit: 0.12, broken: true } }), node('cost', { roles: ['counter', 'kpi'] }), node('leads', { roles: ['kpi'] }),
  ],
  edges: [{ from: 'star', to: 'leads', kind: 'influence', influence: { sign: '+', lag: 4, reason: '', experiment: '', lagFound: 3, strength: 0.61, p: 0.001, n: 52, differences: 1, verdict: 'supported' } }, { from: 'near', to: 'star', kind: 'arithmetic', operator: '*', adds: true }],
  objectives: [
    { id: 'buy', name: { en: 'More buyers' }, owner: ['sales'], targets: [], strategies: [
      { id: 'ads', name: { en: 'Better ads' }, owner: [], steps: [bound('visit')], measures: [{ metric: 'leads', role: 'kpi' }, { metric: 'near', role: 'kpi' }] },
      { id: 'sip', name: { en: 'A taste first' }, owner: [], steps: [bound('taste', 'sip')], measures: [] },
    ] },
    { id: 'use', name: { en: 'Daily use' }, owner: [], targets: [], strategies: [] },
  ],
  matrix: [matrix],
});

const stage = (id: string, reached: number, of: number, left: number): Answer['stages'][number] => ({
  id, steps: [], reached, pending: 0, ofPrevious: { rate: reached / of, low: 0, high: 1, n: of }, ofStart: null, eventual: null, time: null, timeFromEntry: null, left: { n: left, medianDwellSeconds: null }, sentiment: { said: null, heard: null, behaved: null }, cost: null, value: null,
});
const journey: Journey = { kind: 'Journey', id: 'buyer', stages: ['visit', 'taste', 'order'].map((id) => ({ id, name: { en: `Stage ${id}` }, steps: [{ id, when: [{ event: id }] }] })) };
const counted: Answer = {
  definition: answer.definition, asOf: answer.asOf, timezone: 'Asia/Taipei', from: null, to: null, rule: { subject: 'person', order: 'ordered', entry: 'latest', window: '14d', excluded: 'remove' }, facts: answer.facts, entered: 100, excluded: 0, unattributed: 0,
  stages: [stage('visit', 100, 100, 0), stage('taste', 60, 100, 30), stage('order', 10, 60, 45)],
};

beforeEach(() => void serve({ 'GET /definitions/Journey/buyer': { kind: 'Journey', id: 'buyer', version: 3, body: journey }, 'POST /measure': counted }));

describe('the matrix', () => {
  it('opens with how many stages have no measure, and which of them loses most', async () => {
    const { findByText } = await show(<MatrixView answer={answer} />);
    const sentence = (await findByText(/It hurts most at/)).closest('p') as HTMLElement;
    expect(sentence.textContent).toBe('2 of 3 stages have no measure: Stage taste, Stage order. It hurts most at Stage order: of 60 who came to the stage before, 16.7% get there and 45 have left, as of Nov 2, 2026, 08:00.');
  });

  it('shows measures with number and change, and unfolds more', async () => {
    const { user, findByRole, findAllByRole, queryByRole } = await show(<MatrixView answer={answer} />);
    expect((await findByRole('link', { name: /The leads/ })).textContent).toBe('The leads12▲ +20.0%');
    expect(queryByRole('link', { name: /clicks/ })).toBeNull();
    await user.click(await findByRole('button', { name: '1 more' }));
    expect((await findByRole('link', { name: /clicks/ })).textContent).toBe('clicksunknown');
    expect((await findAllByRole('link', { name: /The cost/ }))[0]?.getAttribute('href')).toBe('/metric/cost');
  });

  it('asks for a measure at a place, and names the steps that nobody measures', async () => {
    const onAsk = vi.fn();
    const { user, findByRole, getByText } = await show(<MatrixView answer={answer} onAsk={onAsk} />);
    await user.click(await findByRole('button', { name: /Add a measure for “More buyers” at “Stage taste”/ }));
    expect(onAsk).toHaveBeenCalledWith({ objective: 'buy', journey: 'buyer', stage: 'taste' });
    expect(getByText('“A taste first” works on Step sip, and nothing measures it.')).toBeTruthy();
  });

  it('offers nothing where nobody asks, and folds objectives that do not act on the journey', async () => {
    const { user, findByRole, queryByRole } = await show(<MatrixView answer={answer} />);
    const table = within(await findByRole('table'));
    expect(queryByRole('button', { name: /Add a measure/ })).toBeNull();
    expect(table.queryByRole('rowheader', { name: /Daily use/ })).toBeNull();
    await user.click(await findByRole('button', { name: 'One more objective does not act on this journey: Daily use' }));
    expect(table.getByRole('rowheader', { name: /Daily use/ })).toBeTruthy();
  });

  it('finds what is not measured', () => {
    expect(unmeasuredStages(matrix).map(({ id }) => id)).toEqual(['taste', 'order']);
    expect(rowsOf(matrix).idle.map(({ objective }) => objective)).toEqual(['use']);
    expect(unmeasuredSteps(answer, 'buyer').map(({ strategy, steps }) => [strategy.id, steps.length])).toEqual([['sip', 1]]);
    expect(unmeasuredSteps(answer, 'another')).toEqual([]);
  });

  it('takes the pain from the stages asked about, and none where levels are no stages', () => {
    expect(painOf(journey, counted, matrix.stages.slice(1, 2))?.to.id).toBe('taste');
    expect(painOf(journey, counted, matrix.stages.slice(0, 1))).toBeNull();
    expect(painOf(journey, { ...counted, rule: { ...counted.rule, order: 'any' } }, matrix.stages)).toBeNull();
  });
});

describe('the star', () => {
  it('opens with where it stands and whether its target is on track', async () => {
    const { findByText } = await show(<StarView answer={answer} />);
    expect((await findByText(/The North Star, number 2 in line/)).closest('p')?.textContent).toBe(
      'The North Star, number 2 in line, is The star: 12 orders in the week of Oct 19, 2026 (n = 40), as of Nov 2, 2026, 08:00. ▲ +20.0% against the period before. The target of 20 orders by Dec 31, 2026 is behind: 14 orders would be due by now, and it is 12 orders.',
    );
  });

  it('holds the seven questions against what is computed, the open ones as open', async () => {
    const { findByRole } = await show(<StarView answer={answer} />);
    const item = async (name: string) => (await findByRole('heading', { name })).closest('li')?.textContent;
    expect(await item('Does it express value to customers?')).toContain('Customers want the cup.');
    expect(await item('Does it lead the outcome?')).toContain('It leads The leads as believed, by 3 periods: r = 0.61, n = 52.');
    expect(await item('Is it no vanity metric?')).toContain('Not answered yet');
    expect(await item('Does it stand for our strategy?')).toContain('1 of 2 strategies are measured by it or by its inputs.');
  });

  it('keeps earlier stars readable, with their days and their number now', async () => {
    const { findByRole } = await show(<StarView answer={answer} />);
    const reign = (await findByRole('link', { name: 'The registered' })).closest('li') as HTMLElement;
    expect(reign.textContent).toContain('the beginning – May 31, 2026 · start');
    expect(reign.textContent).toContain('3,523');
    expect(reign.textContent).toContain('No reason is written.');
  });

  it('sorts the inputs by how far off they are; a handful and the unknown come last', async () => {
    expect(byDistance(answer.nodes.filter(({ roles }) => roles.includes('input')).map(readingOfNode)).map(({ id }) => id)).toEqual(['far', 'near', 'few', 'silent']);
    const { findByRole } = await show(<StarView answer={answer} />);
    const row = async (name: string) => (await findByRole('link', { name })).closest('li')?.textContent;
    expect(await row('The far')).toContain('50% short of target');
    expect(await row('The few')).toContain('n is small, so this says little');
    expect(await row('The silent')).toContain('There is no journey.');
  });

  it('shows guardrails with their limits, and counter-metrics', async () => {
    const { findByRole } = await show(<StarView answer={answer} />);
    expect((await findByRole('link', { name: 'The tickets' })).closest('li')?.textContent).toContain('broken at most 12.0% · 25% beyond it');
    expect((await findByRole('link', { name: 'The cost' })).closest('li')?.textContent).toContain('counter-metric');
  });

  it('says so where none rules', async () => {
    const { findByText } = await show(<StarView answer={{ ...answer, stars: [] }} />);
    await findByText('No star ruled on that day');
  });
});

describe('the model of the star', () => {
  it('draws a level’s target as a line within its days, and no total', () => {
    const weeks = [{ from: '2026-09-21T00:00:00+08:00' }, { from: '2026-09-28T00:00:00+08:00' }, { from: '2026-10-05T00:00:00+08:00' }];
    // 10 days from 10 to 20: by the end of the second week it is to be 10 + 4/10 of the way, then all of it.
    expect(targetLine(standing({ start: 10, value: 20, from: '2026-10-01', to: '2026-10-10' }), weeks)).toEqual([null, 14, 20]);
    expect(targetLine(standing({ reads: 'total' }), weeks)).toBeNull();
    expect(targetLine(standing({ from: '2027-01-01', to: '2027-02-01' }), weeks)).toBeNull();
  });

  it('measures what is off in the direction that is good', () => {
    const reading = (more: Partial<TreeNode> = {}) => readingOfNode(node('x', more));
    expect(distanceOf(reading({ good: 'down', target: standing({ current: 12, expected: 10 }) }))).toMatchObject({ from: 'target', ahead: -0.2 });
    expect(distanceOf(reading({ target: standing({ current: 12, expected: 10 }) }))?.ahead).toBeCloseTo(0.2);
    expect(distanceOf(reading({ good: 'neither', target: standing() }))?.ahead).toBeNull();
    expect(distanceOf(reading({ target: standing({ state: 'upcoming' }) }))).toBeNull(); // it does not run yet
    expect(distanceOf(reading())).toBeNull(); // two periods before are no usual
    const few = point(2, 2, { n: 2 });
    expect([standing(), standing({ reads: 'total' }), standing({ reads: 'total', state: 'upcoming' }), null].map((target) => isSmall(reading({ target, value: few })))).toEqual([true, false, true, true]);
    expect(knownOf(node('x', { value: point(2, null) }))).toBeNull();
  });

  it('counts the room to a limit', () => {
    const guard = { tier: 1, limit: 10, broken: false };
    expect(roomOf(node('x', { good: 'down', guardrail: guard, value: point(2, 8) }))).toBeCloseTo(0.2);
    expect(roomOf(node('x', { guardrail: guard, value: point(2, 8) }))).toBeCloseTo(-0.2);
    expect(roomOf(node('x', { guardrail: { ...guard, limit: null } }))).toBeNull();
    expect(leadsTo(answer, 'star').map(({ to }) => to)).toEqual(['leads']);
    expect(strategiesBehind(answer)).toEqual({ behind: 1, of: 2 });
  });
});

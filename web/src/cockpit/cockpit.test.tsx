import { screen, waitFor, within } from '@testing-library/react';
// Compiled before the first test waits for it.
import './CockpitPage';
import { describe, expect, it } from 'vitest';
import type { Metric, MetricAnswer, MetricPoint } from '../api/metric';
import type { Answer, Journey, Revision } from '../api/types';
import type { TreeAnswer, TreeNode, TreeStanding } from '../api/tree';
import { open } from '../test/open';
import { problem, serve, session, type Routes } from '../test/server';
import { atRisk, vainUnsigned } from '../tree/model/attention';
import { guardrailsOf } from '../tree/model/figures';
import { byDistance, distanceOf, holdsBack, readingOfNode, roundly } from '../tree/model/reading';
import { boardSearch, journeyQuestion, parseAddress, searchOf, treeQuestion } from './address';
import { sharesOf } from './DecisionsTile';
import { journeysOf, rulingOn } from './useCockpit';

const weeks = ['2026-10-19', '2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23'];

function point(week: number, value: number | null, more: Partial<MetricPoint> = {}): MetricPoint {
  return { from: `${weeks[week]}T00:00:00+08:00`, value, n: 400, customers: 400, low: null, high: null, partial: week === 5, ...more };
}

function standing(metric: string, more: Partial<TreeStanding> = {}): TreeStanding {
  return {
    metric, objective: '', from: '2026-07-01', to: '2026-12-31', value: 100, basis: null, reason: '', state: 'running', reads: 'level',
    elapsed: 0.8, start: 0, current: 60, expected: 80, progress: 0.6, onTrack: false, parts: [], partsSum: null, partsLeft: null, ...more,
  };
}

function node(metric: string, values: (number | null)[], more: Partial<TreeNode> = {}): TreeNode {
  const periods = values.map((value, week) => point(week, value));
  return {
    metric, roles: ['input'], definition: null, name: metric, meaning: '', unit: 'customer', good: 'up', owner: ['客服'], level: 1, grain: 'week', formula: '', terms: {},
    value: periods[4] ?? null, before: periods[3] ?? null, change: null, running: periods[5] ?? null, periods,
    trust: { state: 'approved', version: 1, approvedBy: 'Ada', approvedAt: null, changed: [] }, target: null, guardrail: null, vanity: null, problem: null, ...more,
  };
}

const verdict = (metric: string, judgement: 'vain' | 'sound', override?: object) =>
  ({ metric, judgement, standing: judgement, reasons: [{ rule: 'runningTotal', tests: ['ratchet', 'farFromValue'] }], tests: [], ...(override && { override }) }) as TreeNode['vanity'];

const answer: TreeAnswer = {
  definition: { kind: 'Tree', id: 'company', version: 1, hash: 'sha256:1' }, name: '公司', description: '', asOf: '2026-11-26T02:00:00Z', timezone: 'Asia/Taipei',
  grain: 'week', facts: { events: 10, customers: 10, through: 1 }, stars: [], edges: [], matrix: [], layout: {}, elapsedMillis: 3,
  objectives: [{ id: 'grow', name: '成長', owner: [], strategies: [], targets: [standing('orders', { objective: 'grow', to: '2026-12-01', current: 456, expected: 543.8, value: 600, reads: 'total' })] }],
  targets: [standing('star', { current: 587, expected: 563.43, value: 620, onTrack: true }), standing('lagging')],
  nodes: [
    node('star', [500, 520, 540, 560, 587, 300], { name: '每週在泡的茶機', unit: 'machine', target: standing('star', { current: 587, expected: 563.43, value: 620, onTrack: true }) }),
    node('steady', [100, 100, 100, 100, 101, 50]),
    node('lagging', [90, 85, 80, 70, 60, 20], { name: '落後的輸入', target: standing('lagging') }),
    node('unknown', [1, 1, 1, 1, null, null]),
    node('orders', [9, 9, 9, 9, 9, 9], { name: '茶機訂單' }),
    node('refunds', [1, 1, 1, 1, 9, 1], { name: '退貨率', good: 'down', guardrail: { tier: 1, limit: 5, broken: true } }),
    node('registered', [1, 2, 3, 4, 5, 6], { name: '註冊用戶', vanity: verdict('registered', 'vain') }),
    node('views', [1, 2, 3, 4, 5, 6], { name: '瀏覽量', vanity: verdict('views', 'vain', { judgement: 'sound', over: 'vain', by: 'Ada', at: '2026-11-01T00:00:00Z', why: '合約要報' }) }),
    node('stale', [1, 2, 3, 4, 5, 6], { name: '轉化', trust: { state: 'drifted', version: 1, approvedBy: 'Ada', approvedAt: '2026-10-01T00:00:00Z', changed: [{ kind: 'Journey', id: 'buying', version: 2, by: 'Bo', at: '2026-11-01T00:00:00Z', reason: '改' }] } }),
  ],
};

const treeBody = {
  kind: 'Tree', id: 'company', name: '公司', stars: [{ metric: 'old' }, { metric: 'star', since: '2026-11-01' }], constellation: ['steady', 'lagging', 'unknown'],
  objectives: [{ id: 'grow', strategies: [{ id: 's', steps: [{ journey: 'buying', stage: 'paid' }] }] }],
};
const journey: Journey = {
  kind: 'Journey', id: 'buying', name: '買茶機',
  stages: [{ id: 'visit', name: '到訪', steps: [{ id: 'v', when: [{ event: 'Visit' }] }] }, { id: 'paid', name: '下單', steps: [{ id: 'p', when: [{ event: 'Paid' }] }] }],
};
const stage = (id: string, reached: number, left: number, rate: number | null) => ({
  id, reached, pending: 0, ofPrevious: rate === null ? null : { rate, low: rate - 0.01, high: rate + 0.01, n: 1000 }, ofStart: null, eventual: null, time: null, timeFromEntry: null,
  left: { n: left, medianDwellSeconds: null }, sentiment: { said: null, heard: null, behaved: null }, cost: null, value: null, steps: [],
});
const measured: Answer = {
  definition: { kind: 'Journey', id: 'buying', version: 3, hash: 'h' }, asOf: '2026-11-26T02:00:00Z', timezone: 'Asia/Taipei', from: null, to: null,
  rule: { subject: 'person', order: 'ordered', entry: 'latest', window: '180d', excluded: 'remove' }, facts: { events: 1, customers: 1000, through: 1 },
  entered: 1000, excluded: 0, unattributed: 0, stages: [stage('visit', 1000, 0, null), stage('paid', 319, 600, 0.319)],
};

function revision<B>(kind: string, id: string, body: B, more: Partial<Revision<B>> = {}): Revision<B> {
  return { kind, id, version: 1, hash: 'h', status: 'approved', deleted: false, author: 'Ada', reason: '開始', at: '2026-11-20T02:00:00Z', current: true, body, ...more };
}

function metricAnswer(id: string, values: number[]): MetricAnswer {
  return { definition: { kind: 'Metric', id, version: 1, hash: 'h' }, asOf: '2026-11-26T02:00:00Z', timezone: 'Asia/Taipei', grain: 'week', unit: 'machine', good: 'up', subject: 'person',
    facts: { events: 1, customers: 1, through: 1 }, unattributed: 0, periods: values.map((value, week) => point(week, value)), leftOut: 0 };
}

const routes: Routes = {
  'GET /definitions/all': {
    items: [
      revision('Tree', 'company', treeBody), revision('Journey', 'buying', journey, { version: 3 }),
      revision<Metric>('Metric', 'star', { kind: 'Metric', id: 'star', name: '每週在泡的茶機', unit: 'machine', owner: ['客服'] }),
      revision('Metric', 'score', { name: '評價平均' }, { status: 'proposed', author: 'Bo' }), revision('Dashboard', 'mine', { name: '我的' }, { status: 'proposed' }),
    ],
  },
  'GET /definitions/Journey/buying': revision('Journey', 'buying', journey, { version: 3 }),
  'POST /measure/tree': answer,
  'POST /measure': ({ body }: { body: unknown }) => {
    const { metricId } = body as { metricId?: string };
    return metricId ? metricAnswer(metricId, [500, 520, 540, 560, 587, 300]) : measured;
  },
  'GET /revisions': { items: [{ kind: 'Metric', id: 'score', name: '評價平均', version: 2, status: 'proposed', deleted: false, current: true, author: 'Bo', reason: '想跟客服單對著看', at: '2026-11-21T02:00:00Z' }] },
  'GET /quarantine': { items: [], total: 36, reasons: [{ reason: 'no-id', title: '沒有身分', count: 36 }] },
};

/** A tile, once the definitions are there: before, its place is kept by another. */
const tile = async (title: RegExp) => (await screen.findByRole('toolbar')) && (await screen.findByRole('heading', { name: title })).closest('section') as HTMLElement;

describe('the cockpit', () => {
  it('opens with where the star stands, and what holds it back', async () => {
    serve(routes);
    await open('/cockpit');
    const sentence = await screen.findByText(/最拖住它的是/);
    expect(sentence.textContent).toContain('每週在泡的茶機在 2026年11月16日起的一週是 587 台，比前一期 ▲ +4.8%，走在 2026年12月31日前到 620 台 的路上（此時該有 563）。');
    expect(sentence.textContent).toContain('最拖住它的是 落後的輸入：60 位客戶，和此時該有的 80 差 ▼ −25.0%。');
    expect(screen.getByRole('link', { name: /看樹上的佐證/ }).getAttribute('href')).toBe('/trees/company?metric=lagging');
  });

  it('shows the star with its n, owner and reign before the tree has answered, and its course as a table', async () => {
    serve({ ...routes, 'POST /measure/tree': () => new Promise(() => undefined) });
    const { user } = await open('/cockpit');
    const star = await tile(/北極星/);
    await within(star).findByText('587', { selector: 'a *' });
    expect(star.textContent).toContain('客服 · n = 400 · 第 2 任（2026年11月1日起） · 截至 2026年11月26日 10:00');
    expect(within(star).getByTitle(/打開北極星/).getAttribute('href')).toBe('/metric/star?grain=week');
    await user.click(within(star).getByRole('button', { name: '看表格' }));
    expect((await screen.findAllByRole('row')).length).toBe(7);
    expect((await tile(/有風險/)).textContent).not.toContain('件');
  });

  it('sorts the constellation by how far off, what is unknown last', async () => {
    serve(routes);
    await open('/cockpit');
    await screen.findByText(/最拖住它的是/);
    const rows = within(await tile(/群星/)).getAllByRole('listitem');
    expect(rows.map((row) => row.querySelector('a')?.textContent)).toEqual(['落後的輸入', 'steady', 'unknown']);
    expect(rows[0]?.textContent).toContain('此時該有 80 ▼ −25.0% · 客服');
    expect(rows[1]?.textContent).toContain('平常 100 ▲ +1.0%');
    expect(rows[2]?.textContent).toContain('還說不出離多遠');
  });

  it('lights the worst step of the journey, and every stage opens the board', async () => {
    serve(routes);
    await open('/cockpit?periods=12&asOf=2026-11-20');
    const journeyTile = await tile(/全旅程/);
    const paid = (await within(journeyTile).findByText('下單', { selector: 'a span' })).closest('a');
    expect(paid?.getAttribute('href')).toBe('/journeys/buying?from=2026-08-28&asOf=2026-11-20&at=paid');
    expect(paid?.closest('li')?.dataset.leak).toBe('true');
    expect(within(journeyTile).getByText(/最漏的一步是/).textContent).toContain('1,000 位客戶裡只有 319 位（31.9%，區間 30.9–32.9%）走到，已有 600 位離開');
  });

  it('tells targets that are behind, the soonest first, and the guardrail that broke', async () => {
    serve(routes);
    await open('/cockpit');
    const rows = await waitFor(async () => within(await tile(/有風險/)).getAllByRole('listitem'));
    expect(rows.map((row) => row.querySelector('a')?.textContent)).toEqual(['退貨率', '茶機訂單', '落後的輸入']);
    expect(rows[0]?.textContent).toContain('護欄破了9，界限 5 · 要停下來');
    expect(rows[1]?.textContent).toContain('▼ −16.1%456／600，此時該有 5442026年12月1日截止 · 成長');
  });

  it('says what waits, what changed and what is vain, each with its way on', async () => {
    serve(routes);
    await open('/cockpit');
    await screen.findByText(/最拖住它的是/);
    const decisions = await tile(/等你決定/);
    expect(within(decisions).getAllByRole('listitem').map((row) => row.textContent)).toEqual([
      '核准 評價平均指標 第 1 版 · Bo · 2026年11月20日', '再看一次 轉化核准之後，Bo 把旅程「買茶機」改成第 2 版', '1 個虛榮指標，沒有人簽名說明註冊用戶', '36 筆事件在隔離區沒有身分 36',
    ]);
    const change = within(await tile(/約定改了什麼/)).getByRole('link', { name: '評價平均' });
    expect(change.getAttribute('href')).toBe('/ledger/Metric/score?from=1&to=2');
    const vain = within(await tile(/虛榮判定/)).getAllByRole('listitem');
    expect(vain.map((row) => row.textContent)).toEqual(['註冊用戶虛榮只會上升、離價值遠 · n = 400 · 客服', '瀏覽量Ada 已簽名只會上升、離價值遠 · n = 400 · 客服']);
  });

  it('keeps what is known when the tree cannot be measured', async () => {
    serve({ ...routes, 'POST /measure/tree': problem(503, 'journey.busy', '現在太忙') });
    await open('/cockpit');
    expect((await screen.findAllByText('現在太忙')).length).toBe(3); // inputs, targets, verdicts
    expect((await tile(/北極星/)).textContent).toContain('587');
    await within(await tile(/全旅程/)).findByText(/最漏的一步是/);
  });

  it('does not offer decisions to who may not take them', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    await open('/cockpit');
    await screen.findByText(/最拖住它的是/);
    expect((await tile(/等人決定/)).textContent).not.toContain('隔離區');
  });

  it('says what to do first where there is no tree', async () => {
    serve({ ...routes, 'GET /definitions/all': { items: [] } });
    await open('/cockpit');
    expect(await screen.findByText('還沒有指標樹')).toBeTruthy();
    expect(screen.getByRole('link', { name: '去種第一棵' }).getAttribute('href')).toBe('/trees');
  });

  it.each([[true, '/cockpit'], [false, '/journeys']])('is where one arrives where there is a tree: %s', async (isThere, path) => {
    serve({ ...routes, 'GET /journeys': { items: [] }, 'GET /retentions': { items: [] }, ...(isThere ? {} : { 'GET /definitions/all': { items: [] } }) });
    const { router } = await open('/');
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
  });
});

describe('an address of the cockpit', () => {
  it('holds every choice, and what is as usual is not in it', () => {
    const address = { tree: 'company', grain: 'month', periods: 12, asOf: '2026-11-20', segment: { channel: 'email' }, journey: 'buying' } as const;
    expect(parseAddress(searchOf(address))).toEqual(address);
    expect(parseAddress({ grain: 'hours', periods: '0', asOf: '2026-02-30', segment: '[]' })).toEqual({});
    expect(treeQuestion('company', address)).toEqual({ treeId: 'company', grain: 'month', periods: 12, asOf: '2026-11-20', segment: { channel: 'email' } });
  });

  it('asks the journey as the board does', () => {
    expect(journeyQuestion('buying', {}, 'week', '2026-11-26')).toEqual({ journeyId: 'buying', breakdown: ['channel'] });
    const question = journeyQuestion('buying', { periods: 2, segment: { channel: 'email' } }, 'week', '2026-11-26');
    expect(question).toEqual({ journeyId: 'buying', from: '2026-11-12', segment: { channel: 'email' }, breakdown: ['channel'] });
    expect(boardSearch(question, 'paid')).toEqual({ from: '2026-11-12', asOf: undefined, segment: '{"channel":"email"}', at: 'paid' });
  });
});

describe('a reading', () => {
  it('is as far off as its target says, else its usual level, by the direction that is good', () => {
    expect(distanceOf(readingOfNode(node('a', [100, 100, 100, 100, 90])))).toMatchObject({ from: 'usual', is: 90, should: 100, by: -0.1, unit: 'percent', ahead: -0.1 });
    expect(distanceOf(readingOfNode(node('a', [0.5, 0.5, 0.5, 0.5, 0.4], { unit: '', good: 'down' })))).toMatchObject({ by: expect.closeTo(-0.1), unit: 'points', ahead: expect.closeTo(0.2) });
    expect(distanceOf(readingOfNode(node('a', [100, 100, 100, 100, 90], { good: 'neither' })))).toMatchObject({ by: -0.1, ahead: null });
    expect(distanceOf(readingOfNode(node('a', [100, 100, 100, 90])))).toBeNull(); // no usual level of so few
    expect(distanceOf(readingOfNode(node('a', [0, 0, 0, 0, 5])))).toBeNull();
  });

  it('lets no handful of people stand out', () => {
    const few = readingOfNode(node('few', [100, 100, 100, 100, 1], { value: point(4, 1, { n: 3 }) }));
    const slight = readingOfNode(node('slight', [100, 100, 100, 100, 99]));
    expect(byDistance([few, slight]).map(({ id }) => id)).toEqual(['slight', 'few']);
    expect(holdsBack([few, slight])).toBeNull();
    expect(holdsBack([few, readingOfNode(node('low', [100, 100, 100, 100, 90]))])?.id).toBe('low');
    const flat = readingOfNode(node('flat', [100, 100, 100, 100, 50], { good: 'neither' }));
    expect(byDistance([flat, few, slight]).map(({ id }) => id)).toEqual(['slight', 'few', 'flat']);
    expect(holdsBack([flat])).toBeNull();
    expect(distanceOf({ ...slight, periods: slight.periods.slice(5) })).toBeNull(); // it lies before those shown
    expect(holdsBack([])).toBeNull();
  });

  it('finds what asks for somebody', () => {
    expect(atRisk(answer).map(({ metric }) => metric)).toEqual(['orders', 'lagging']);
    expect(guardrailsOf(answer).broken.map(({ metric }) => metric)).toEqual(['refunds']);
    expect(vainUnsigned(answer).map(({ metric }) => metric)).toEqual(['registered']);
    expect([roundly(563.43), roundly(99.5), roundly(-563.43)]).toEqual([563, 99.5, -563]);
  });

  it('knows which star rules on a day, and which journey is the most acted on', () => {
    const stars = { stars: [{ metric: 'a' }, { metric: 'b', since: '2026-03-01' }, { metric: 'c', since: '2027-01-01' }] };
    expect([rulingOn(stars, '2025-01-01'), rulingOn(stars, '2026-03-01'), rulingOn(stars, '2026-12-31')].map((star) => `${star?.place} ${star?.metric}`)).toEqual(['0 a', '1 b', '1 b']);
    expect(rulingOn({}, '2026-01-01')).toBeNull();
    const steps = ['a', 'b', 'b'].map((id) => ({ journey: id }));
    expect(journeysOf({ objectives: [{ strategies: [{ steps }] }] })).toEqual(['b', 'a']);
  });

  it('shares the room for rows: one of each, then more of the first', () => {
    expect(sharesOf([3, 0, 2, 1], 4)).toEqual([2, 0, 1, 1]);
    expect(sharesOf([1, 1, 1, 1], 4)).toEqual([1, 1, 1, 1]);
    expect(sharesOf([9], 4)).toEqual([4]);
  });
});

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
// Compiled before the first test waits for it.
import './DashboardRoute';
import { describe, expect, it, vi } from 'vitest';
import type { Metric, MetricAnswer } from '../api/metric';
import type { Revision } from '../api/types';
import { open } from '../test/open';
import { problem, serve, session, type Routes } from '../test/server';
import { adding, drafts, meetingOf, type Operation } from './draft';
import { freeId } from './freeId';
import { lastPeriods, metricQuestion } from './MetricTile';
import { added, asRead, held, moved, placed, removed, replaced, roomFor, stepsBetween, type Dashboard, type Place, type Tile } from './model';

const text = (id: string, x: number, y: number, w: number, h: number, words = id): Tile => ({ id, kind: 'text', text: words, x, y, w, h });

const monday: Dashboard = {
  kind: 'Dashboard', id: 'monday', name: '週一晨會', shared: false,
  tiles: [{ id: 'metric-1', kind: 'metric', metric: 'basket', show: 'number', x: 0, y: 0, w: 3, h: 3 }, text('text-1', 3, 0, 4, 3, '# 先看\n**客單價** <b>粗</b> [清單](https://tea.example/list) ![看](https://spy.example/a.png) <script>alert(1)</script>')],
};

function revision<B>(kind: string, id: string, body: B, more: Partial<Revision<B>> = {}): Revision<B> {
  return { kind, id, version: 3, hash: 'h', status: 'proposed', deleted: false, author: '林怡君', reason: '開始', at: '2026-11-20T02:00:00Z', current: true, body, ...more };
}

const basket: Metric = { kind: 'Metric', id: 'basket', name: '客單價', unit: 'TWD/order', owner: ['業務'], average: { event: 'Paid', of: 'value', currency: 'TWD' } };
const answer: MetricAnswer = {
  definition: { kind: 'Metric', id: 'basket', version: 1, hash: 'h' }, asOf: '2026-11-26T02:00:00Z', timezone: 'Asia/Taipei', grain: 'week', unit: 'TWD/order', good: 'up', subject: 'person',
  facts: { events: 1, customers: 1, through: 1 }, unattributed: 0, leftOut: 0,
  periods: ['2026-11-09', '2026-11-16', '2026-11-23'].map((day, at) => ({ from: `${day}T00:00:00+08:00`, value: [300, 330, 10][at] ?? null, n: 412, customers: 400, low: null, high: null, partial: at === 2 })),
};
const summary = { id: 'monday', name: '週一晨會', description: '', owner: [], shared: false, tiles: 2, version: 3, status: 'proposed', author: '林怡君', at: '2026-11-20T02:00:00Z', madeBy: '林怡君', mine: true };

const routes: Routes = {
  'GET /definitions/all': { items: [revision('Metric', 'basket', basket), revision('Metric', 'cups', { kind: 'Metric', id: 'cups', name: '杯數' }), revision('Dashboard', 'monday', monday)] },
  'GET /definitions/Dashboard/monday': revision('Dashboard', 'monday', monday),
  'GET /definitions/Metric/basket': revision('Metric', 'basket', basket),
  'GET /dashboards': { items: [summary, { ...summary, id: 'team', name: '全隊', shared: true, mine: false, madeBy: 'Bo' }] },
  'POST /measure': answer,
  'GET /events/properties': { items: [] },
  'GET /traits': { items: [] },
};

const stored = (asked: { method: string; path: string; body: unknown }[]) => asked.find(({ method }) => method === 'PUT')?.body as { body: Dashboard; reason: string } | undefined;

/** Takes a write as the ledger does. */
const keep = { 'PUT /definitions/Dashboard/monday': ({ body }: { body: unknown }) => revision('Dashboard', 'monday', (body as { body: Dashboard }).body, { version: 4 }) };

describe('dashboards', () => {
  it('are listed: mine, and what others share', async () => {
    serve(routes);
    await open('/dashboards');
    const mine = (await screen.findByRole('heading', { name: '我做的' })).closest('section') as HTMLElement;
    expect(within(mine).getByRole('link', { name: '週一晨會' }).getAttribute('href')).toBe('/dashboards/monday');
    expect(mine.textContent).toContain('2 格 · 林怡君 · 2026年11月20日 · 只列給作者');
    expect((screen.getByRole('heading', { name: '別人分享的' }).closest('section') as HTMLElement).textContent).toContain('全隊2 格 · Bo');
  });

  it('say what to do first', async () => {
    serve({ ...routes, 'GET /dashboards': { items: [] }, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    await open('/dashboards');
    await screen.findByText('還沒有人分享儀表板。');
    expect(screen.queryByRole('button', { name: '新的儀表板' })).toBeNull();
  });

  it('are made with a name, and an id that no other has', async () => {
    const asked = serve({ ...routes, 'PUT /definitions/Dashboard/monday-2': ({ body }: { body: unknown }) => revision('Dashboard', 'monday-2', (body as { body: Dashboard }).body) });
    const { user, router } = await open('/dashboards');
    await user.click(await screen.findByRole('button', { name: '新的儀表板' }));
    await user.type(await screen.findByLabelText('名稱'), 'Monday');
    await user.click(screen.getByRole('button', { name: /建\s?立/ }));
    await waitFor(() => expect(router.state.location.href).toBe('/dashboards/monday-2?edit=1'));
    expect(stored(asked)).toEqual({ body: { kind: 'Dashboard', id: 'monday-2', name: 'Monday', tiles: [] }, reason: '新增「Monday」' });
  });
});

describe('a dashboard', () => {
  it('shows its tiles with owner, n and as-of, and says who it is listed for', async () => {
    serve(routes);
    await open('/dashboards/monday');
    const tile = (await screen.findByRole('link', { name: '客單價' })).closest('section') as HTMLElement;
    await within(tile).findByText('NT$330');
    expect(tile.textContent).toContain('業務 · n = 412');
    expect(tile.textContent).toContain('2026年11月16日起的一週 ▲ +10.0%');
    expect(tile.textContent).toContain('截至 2026年11月26日 10:00');
    expect(screen.getByText(/只列在作者的清單裡/)).toBeTruthy();
  });

  it('asks everything as of the day and of the segment that its address says, and its numbers open to the same', async () => {
    const tiles: Tile[] = [...(monday.tiles ?? []), { id: 'journey-1', kind: 'journey', journey: 'buying', x: 0, y: 3, w: 12, h: 4 }, { id: 'retention-1', kind: 'retention', table: 'again', x: 0, y: 7, w: 12, h: 7 }, { id: 'tree-1', kind: 'tree', tree: 'company', x: 0, y: 14, w: 7, h: 5 }];
    const tree = revision('Tree', 'company', { kind: 'Tree', id: 'company', stars: [{ metric: 'basket' }] });
    const asked = serve({
      ...routes,
      'GET /definitions/all': { items: [...(routes['GET /definitions/all'] as { items: Revision[] }).items, tree] },
      'GET /definitions/Dashboard/monday': revision('Dashboard', 'monday', { ...monday, tiles }),
      'GET /definitions/Journey/buying': revision('Journey', 'buying', { kind: 'Journey', id: 'buying', name: '購買', stages: [] }),
      'POST /measure': ({ body }: { body: unknown }) => ('metricId' in (body as object) ? answer : problem(403, 'access.too-few', '這個客群不到五位客戶。')),
    });
    const segment = JSON.stringify({ channel: 'ads' });
    const search = `asOf=2026-10-31&segment=${encodeURIComponent(segment)}`;
    const { user, router } = await open(`/dashboards/monday?${search}`);
    const of = (name: string) => asked.filter(({ path }) => path === '/measure').map(({ body }) => body as Record<string, unknown>).filter((body) => name in body);
    await waitFor(() => expect(['metricId', 'journeyId', 'retentionId'].map((name) => of(name).length > 0)).toEqual([true, true, true]));
    for (const question of ['metricId', 'journeyId', 'retentionId'].flatMap(of)) expect(question).toMatchObject({ asOf: '2026-10-31', segment: { channel: 'ads' } });
    const link = new URL((await screen.findByRole('link', { name: '客單價' })).getAttribute('href') ?? '', 'https://tea.example');
    expect([link.pathname, link.searchParams.get('asOf'), link.searchParams.get('segment')]).toEqual(['/metric/basket', '2026-10-31', segment]);
    expect(await screen.findAllByText('這個客群不到五位客戶。')).toHaveLength(2);
    await screen.findByRole('heading', { name: '先看' });
    await user.click(screen.getByRole('button', { name: /客群/ }));
    await user.click(await screen.findByRole('button', { name: '全部客戶' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ asOf: '2026-10-31' }));
    await user.click(screen.getByRole('button', { name: /編\s?輯/ }));
    await waitFor(() => expect(router.state.location.search).toEqual({ asOf: '2026-10-31', edit: '1' }));
  });

  it('says of a metric that has nothing of the segment that there is no number, and not that it is 0', async () => {
    const none = { ...answer, periods: answer.periods.map((point) => ({ ...point, value: 0, n: 0 })) };
    serve({ ...routes, 'POST /measure': ({ body }: { body: unknown }) => ('segment' in (body as object) ? none : answer) });
    await open('/dashboards/monday?segment=%7B%22channel%22%3A%22ads%22%7D');
    const tile = (await screen.findByRole('link', { name: '客單價' })).closest('section') as HTMLElement;
    await within(tile).findByText(/這個客群裡一筆都沒有/);
    expect(tile.textContent).not.toContain('NT$0');
  });

  it('shows texts as Markdown, and nothing in them runs', async () => {
    serve(routes);
    const { container } = await open('/dashboards/monday');
    expect((await screen.findByRole('heading', { name: '先看' })).tagName).toBe('H1');
    const link = screen.getByRole('link', { name: '清單' });
    expect([link.getAttribute('href'), link.getAttribute('rel')]).toEqual(['https://tea.example/list', 'noreferrer noopener']);
    expect(container.querySelector('section script, section img')).toBeNull();
  });

  it('is arranged by the keyboard, taken back, and saved with a reason in words', async () => {
    const asked = serve({ ...routes, ...keep });
    const { user, router } = await open('/dashboards/monday?edit=1');
    const grip = await screen.findByRole('button', { name: '移動「客單價」' });
    grip.focus();
    await user.keyboard('{ArrowRight}');
    expect(screen.getByText('「客單價」現在在第 1 列第 2 欄，寬 3 高 3')).toBeTruthy();
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    await user.keyboard('{Control>}z{/Control}');
    await user.click(screen.getByRole('button', { name: /儲\s?存/ }));
    expect((await screen.findByRole<HTMLTextAreaElement>('textbox', { name: '理由' })).value).toBe('調整版面');
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: /儲\s?存/ }));
    await waitFor(() => expect(router.state.location.search.edit).toBeUndefined());
    expect(stored(asked)?.reason).toBe('調整版面');
    expect(stored(asked)?.body.tiles?.map(({ id, x, y, w, h }) => [id, x, y, w, h])).toEqual([['metric-1', 1, 0, 3, 3], ['text-1', 3, 3, 4, 3]]);
  });

  it('is arranged by its menu, too, and loses what is removed', async () => {
    const asked = serve({ ...routes, ...keep });
    const { user } = await open('/dashboards/monday?edit=1');
    await user.click(await screen.findByRole('button', { name: '「先看」的選單' }));
    await user.click(await screen.findByText('加寬'));
    (await screen.findByRole('button', { name: '移動「客單價」' })).focus();
    await user.keyboard('{Delete}');
    await user.click(screen.getByRole('button', { name: /儲\s?存/ }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: /儲\s?存/ }));
    await waitFor(() => expect(stored(asked)?.reason).toBe('移除「客單價」、調整版面'));
    expect(stored(asked)?.body.tiles?.map(({ id, w }) => [id, w])).toEqual([['text-1', 5]]);
  });

  it('is arranged by dragging the grip', async () => {
    serve(routes);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
    HTMLElement.prototype.setPointerCapture ??= () => undefined;
    await open('/dashboards/monday?edit=1');
    const grip = await screen.findByRole('button', { name: '移動「客單價」' });
    fireEvent.pointerDown(grip, { button: 0, clientX: 50, clientY: 10 });
    fireEvent.pointerMove(grip, { clientX: 50 + 2 * 100, clientY: 10 });
    fireEvent.pointerUp(grip, { clientX: 50 + 2 * 100, clientY: 10 });
    expect(await screen.findByText('「客單價」現在在第 1 列第 3 欄，寬 3 高 3')).toBeTruthy();
    vi.restoreAllMocks();
  });

  it('takes a tile of anything', async () => {
    const asked = serve({ ...routes, ...keep });
    const { user } = await open('/dashboards/monday?edit=1');
    await user.click(await screen.findByRole('button', { name: '加一格' }));
    const dialog = await screen.findByRole('dialog');
    expect((within(dialog).getByRole('button', { name: '加上去' }) as HTMLButtonElement).disabled).toBe(true);
    await user.click(within(dialog).getByRole('combobox', { name: '哪個指標' }));
    await user.click(await screen.findByTitle('杯數'));
    await user.click(within(dialog).getByText('表格'));
    await user.click(within(dialog).getByRole('button', { name: '加上去' }));
    await user.click(await screen.findByRole('button', { name: /儲\s?存/ }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: /儲\s?存/ }));
    await waitFor(() => expect(stored(asked)?.reason).toBe('新增「杯數」'));
    expect(stored(asked)?.body.tiles?.at(-1)).toEqual({ id: 'metric-2', kind: 'metric', metric: 'cups', show: 'table', x: 0, y: 3, w: 6, h: 5 });
  });

  it('is shared with a reason, and says so', async () => {
    const asked = serve({ ...routes, ...keep });
    const { user } = await open('/dashboards/monday');
    await user.click(await screen.findByRole('button', { name: /分\s?享/ }));
    await user.click(await screen.findByRole('button', { name: '分享給大家' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: '分享給大家' }));
    await waitFor(() => expect(stored(asked)).toMatchObject({ reason: '分享給大家', body: { shared: true } }));
  });

  it('cannot be changed by who may only look', async () => {
    serve({ ...routes, 'GET /session': { ...session, member: { ...session.member, role: 'viewer' } } });
    await open('/dashboards/monday?edit=1');
    await screen.findByRole('link', { name: '客單價' });
    expect(screen.queryByRole('button', { name: /移動|編\s?輯|加一格/ })).toBeNull();
  });

  it('meets what somebody else saved first, and loses nothing', async () => {
    const theirs = revision('Dashboard', 'monday', { ...added(monday, { kind: 'tree', tree: 'company' }), name: '週會' }, { version: 4, author: '吳雅婷', reason: '加上樹' });
    const asked = serve({
      ...routes,
      'PUT /definitions/Dashboard/monday': ({ body, headers }: { body: unknown; headers: Headers }) =>
        headers.get('If-Match') === '"4"'
          ? revision('Dashboard', 'monday', (body as { body: Dashboard }).body, { version: 5 })
          : new Response(JSON.stringify({ title: '別人先存了', status: 409, key: 'ledger.stale', kind: 'conflict', current: theirs }), { status: 409 }),
    });
    const { user, router } = await open('/dashboards/monday?edit=1');
    const save = async () => {
      await user.click(screen.getByRole('button', { name: /儲\s?存/ }));
      await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: /儲\s?存/ }));
    };
    (await screen.findByRole('button', { name: '移動「客單價」' })).focus();
    await user.keyboard('{Delete}');
    await save();
    const dialog = (await screen.findByText('吳雅婷 剛剛存了第 4 版')).closest('[role="dialog"]') as HTMLElement;
    const told = (heading: string) => within(within(dialog).getByRole('heading', { name: heading }).closest('section') as HTMLElement).getAllByRole('listitem').map(({ textContent }) => textContent);
    expect([told('吳雅婷 改的'), told('你改的')]).toEqual([['新增「company · 北極星」', '改名稱或說明'], ['移除「客單價」']]);
    await user.click(within(dialog).getByRole('button', { name: '把我的疊在上面' }));
    await screen.findByText('尚未儲存');
    expect(screen.getByRole('heading', { name: '週會' })).toBeTruthy();
    await save();
    await waitFor(() => expect(router.state.location.search.edit).toBeUndefined());
    const last = asked.findLast(({ method }) => method === 'PUT')?.body as { body: Dashboard };
    expect(last.body.name).toBe('週會');
    expect(last.body.tiles?.map(({ id }) => id)).toEqual(['text-1', 'tree-1']);
  });

  it('keeps the draft for as long as one has not decided', async () => {
    serve({ ...routes, 'PUT /definitions/Dashboard/monday': () => new Response(JSON.stringify({ title: '別人先存了', status: 409, key: 'ledger.stale', kind: 'conflict', current: revision('Dashboard', 'monday', monday, { version: 4 }) }), { status: 409 }) });
    const { user } = await open('/dashboards/monday?edit=1');
    (await screen.findByRole('button', { name: '移動「客單價」' })).focus();
    await user.keyboard('{Delete}');
    await user.click(screen.getByRole('button', { name: /儲\s?存/ }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: /儲\s?存/ }));
    await user.click(await screen.findByRole('button', { name: '先放著' }));
    expect(screen.getByText('尚未儲存')).toBeTruthy();
    expect(screen.queryByRole('button', { name: '移動「客單價」' })).toBeNull();
  });

  it('is found again after it was deleted', async () => {
    serve({ ...routes, 'GET /definitions/Dashboard/monday': revision('Dashboard', 'monday', monday, { deleted: true }) });
    await open('/dashboards/monday');
    expect((await screen.findByRole('link', { name: '打開史冊' })).getAttribute('href')).toBe('/ledger/Dashboard/monday');
  });

  it('takes a metric from its own page', async () => {
    const asked = serve({ ...routes, ...keep });
    const { user } = await open('/metric/basket?grain=month');
    await user.click(await screen.findByRole('button', { name: '更多' }));
    await user.click(await screen.findByText('放上儀表板…'));
    await user.click(await screen.findByRole('button', { name: '放上去' }));
    await waitFor(() => expect(stored(asked)?.reason).toBe('新增「客單價」'));
    expect(stored(asked)?.body.tiles?.at(-1)).toEqual({ id: 'metric-2', kind: 'metric', metric: 'basket', grain: 'month', x: 0, y: 3, w: 6, h: 5 });
  });
});

describe('the grid', () => {
  const places = (tiles: Tile[]) => tiles.map(({ id, x, y, w, h }) => `${id} ${x},${y} ${w}×${h}`);
  const at = (x: number, y: number, w: number, h: number): Place => ({ x, y, w, h });

  it('moves what is in the way down, and lets no gap be', () => {
    const tiles = [text('a', 0, 0, 6, 2), text('b', 6, 0, 6, 2), text('c', 0, 2, 12, 2)];
    expect(places(placed(tiles, 'a', at(6, 0, 6, 2)))).toEqual(['a 6,0 6×2', 'b 6,2 6×2', 'c 0,4 12×2']);
    expect(places(placed(tiles, 'c', at(0, 0, 12, 2)))).toEqual(['a 0,2 6×2', 'b 6,2 6×2', 'c 0,0 12×2']);
    expect(places(placed(tiles, 'b', at(6, 9, 6, 2)))).toEqual(['a 0,0 6×2', 'b 6,4 6×2', 'c 0,2 12×2']);
    expect(placed(tiles, 'nobody', at(0, 0, 1, 1))).toBe(tiles);
  });

  it('never lets tiles lie on each other, whatever is moved where', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let run = 0; run < 200; run++) {
      let board: Dashboard = { kind: 'Dashboard', id: 'x' };
      for (let i = 0; i < 8; i++) board = added(board, { kind: 'text', text: String(i) });
      for (let i = 0; i < 5; i++) board = moved(board, `text-${1 + random(8)}`, at(random(16) - 2, random(12) - 2, random(14), random(8)));
      const tiles = board.tiles ?? [];
      for (const [i, a] of tiles.entries()) {
        expect(a).toEqual({ ...a, ...held(a) });
        for (const b of tiles.slice(i + 1)) expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h).toBe(false);
      }
    }
  });

  it('finds room for what is new, and closes up behind what is gone', () => {
    const tiles = [text('a', 0, 0, 8, 2), text('b', 0, 2, 12, 2)];
    expect(roomFor(tiles, { w: 4, h: 2 })).toEqual(at(8, 0, 4, 2));
    expect(roomFor(tiles, { w: 5, h: 2 })).toEqual(at(0, 4, 5, 2));
    expect(places(removed({ kind: 'Dashboard', id: 'x', tiles }, 'a').tiles ?? [])).toEqual(['b 0,0 12×2']);
    expect(asRead([text('late', 0, 3, 1, 1), text('right', 5, 0, 1, 1), text('left', 0, 0, 1, 1)]).map(({ id }) => id)).toEqual(['left', 'right', 'late']);
  });

  it('tells what was done', () => {
    const after = { ...added(removed(monday, 'metric-1'), { kind: 'tree', tree: 'company' }), shared: true, name: '週會' };
    expect(stepsBetween(monday, after).map((step) => step.what)).toEqual(['added', 'removed', 'laid', 'named', 'shared'].filter((what) => what !== 'laid'));
    const [first, second] = monday.tiles ?? [];
    if (!first || !second) throw new Error('two tiles');
    expect(stepsBetween(monday, { ...monday, tiles: [{ ...first, show: 'table' }, { ...second, x: 8 }] }).map((step) => step.what)).toEqual(['edited', 'laid']);
    expect(stepsBetween(monday, { ...monday, tiles: [{ ...first, grain: undefined }, second] })).toEqual([]);
  });
});

describe('what was drawn, on top of a newer version', () => {
  const drawn = (...operations: Operation[]) => operations.reduce((draft, operation) => drafts.perform(draft, [operation]), drafts.start(monday, 3));

  it('takes another id for a tile where they used the same', () => {
    const draft = drawn(adding(monday, { kind: 'metric', metric: 'cups' }), { do: 'edit', id: 'metric-2', contents: { kind: 'metric', metric: 'cups', show: 'table' } });
    const theirs = added(monday, { kind: 'metric', metric: 'basket' });
    const { draft: next, lost } = drafts.rebase(draft, theirs, 4);
    expect(lost).toEqual([]);
    expect(next.body.tiles?.slice(2).map(({ id, metric, show }) => [id, metric, show])).toEqual([['metric-2', 'basket', undefined], ['metric-3', 'cups', 'table']]);
    expect(drafts.rebase(draft, monday, 4).draft.body).toEqual(draft.body);
  });

  it('leaves a name alone that only they changed', () => {
    const draft = drawn({ do: 'say', texts: { description: '五分鐘' } });
    expect(drafts.rebase(draft, { ...monday, name: '週會' }, 4).draft.body).toMatchObject({ name: '週會', description: '五分鐘' });
  });

  it('tells what both changed, and what has no place any more', () => {
    const table: Operation = { do: 'edit', id: 'metric-1', contents: { kind: 'metric', metric: 'basket', show: 'table' } };
    const draft = drawn(table, { do: 'remove', id: 'text-1' });
    const course = replaced(monday, 'metric-1', { kind: 'metric', metric: 'basket' });
    const told = (newer: Dashboard) => {
      const { both, lost } = meetingOf(draft, newer);
      return [both, lost].map((steps) => steps.map(({ what }) => what));
    };
    expect(told(course)).toEqual([['edited'], []]);
    expect(told(replaced(monday, 'text-1', { kind: 'text', text: 'neu' }))).toEqual([['removed'], []]);
    expect(told(removed(monday, 'metric-1'))).toEqual([[], ['edited']]);
    expect(drafts.rebase(draft, removed(monday, 'metric-1'), 4)).toMatchObject({ lost: [table], draft: { body: { tiles: [] } } });
    // What they took away as well is no loss.
    expect(drafts.rebase(drawn({ do: 'remove', id: 'text-1' }), removed(monday, 'text-1'), 4).lost).toEqual([]);
  });
});

describe('a metric on a dashboard', () => {
  it('asks for as many periods as it shows', () => {
    const tile: Tile = { id: 'm', kind: 'metric', metric: 'basket', periods: 2, x: 0, y: 0, w: 1, h: 1 };
    expect(metricQuestion(tile, 'week', '2026-11-26', {})).toEqual({ metricId: 'basket', from: '2026-11-12' });
    expect(metricQuestion(tile, 'week', '2026-11-26', { asOf: '2026-10-31', segment: { channel: 'ads' } })).toEqual({ metricId: 'basket', from: '2026-10-17', asOf: '2026-10-31', segment: { channel: 'ads' } });
    expect(metricQuestion({ ...tile, periods: undefined, grain: 'month', breakdown: 'channel' }, 'week', '2026-11-26', {})).toEqual({ metricId: 'basket', grain: 'month', breakdown: ['channel'] });
    expect(lastPeriods(answer, 2).periods.map(({ value }) => value)).toEqual([330, 10]);
    expect(lastPeriods(answer, undefined)).toBe(answer);
  });
});

describe('the id of a new dashboard', () => {
  it('is made of its name, in any script, and is free', () => {
    expect([freeId('Monday meeting!', []), freeId('週一 晨會', []), freeId('—', []), freeId('x', ['x', 'x-2'])]).toEqual(['monday-meeting', '週一-晨會', 'dashboard', 'x-3']);
  });
});

import { act, render, screen, waitFor, within } from '@testing-library/react';
import { person } from '../test/user';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../app/App';
import { createQueryClient } from '../app/queries';
import { createAppRouter } from '../app/router';
import { startI18n } from '../i18n';
import type { Answer, Journey, MeasureRequest, Revision } from '../api/types';
import { answerOf, journey, rate, stageOf } from './model/sample';

// A server of this test: one journey, and numbers that follow the question.
interface Asked {
  method: string;
  path: string;
  ifMatch: string | null;
  body: { journey?: Journey; body?: Journey; reason?: string } & MeasureRequest;
}
let asked: Asked[];
let current: Revision<Journey>;
let elapsedMillis: number; // of every answer

function numbers(question: MeasureRequest): Answer {
  const drawn = question.journey ?? current.body;
  const landing = drawn.stages.find((stage) => stage.id === 'visit')?.steps[0];
  const bound = (landing?.when?.length ?? 0) > 0;
  const steps = (id: string, reached: number, n: number) => (drawn.stages.find((stage) => stage.id === id)?.steps ?? []).map((step) => stageOf(step.id, reached, n));
  return answerOf([
    stageOf('visit', bound ? 9000 : null, null, { steps: [stageOf('landing', bound ? 9000 : null, null)] }),
    stageOf('lead', 8000, bound ? 9000 : null, { steps: steps('lead', 8000, 9000) }),
    stageOf('signed', 842, 8000, { left: { n: 7100, medianDwellSeconds: 86400 }, steps: steps('signed', 842, 8000) }),
    stageOf('first', 12, 20, { pending: 2, steps: [stageOf('paid', 12, 20)] }),
  ], { elapsedMillis });
}

function answerTo(call: Asked): [number, unknown] {
  const path = call.path.split('?')[0];
  if (path === '/session') {
    const member = { id: '1', name: '林', email: 'l@x.tw', role: 'admin', createdAt: '', status: 'active' };
    return [200, { member, workspace: { name: 'x', timezone: 'Asia/Taipei', locale: 'zh-Hant', weekStart: 'monday', goodColors: 'default' }, demo: false }];
  }
  if (path === '/definitions/Journey/seller-growth') {
    if (call.method === 'GET') return [200, current];
    if (call.ifMatch !== `"${current.version}"`) return [409, { title: '有人先存了', status: 409, kind: 'conflict', key: 'ledger.stale', current }];
    current = { ...current, version: current.version + 1, status: 'proposed', reason: call.body.reason ?? '', body: call.body.body as Journey };
    return [200, current];
  }
  if (path === '/measure') return [200, numbers(call.body)];
  if (path === '/measure/customers') return [200, { total: 2, items: [] }];
  if (path === '/events/names') {
    const seen = { type: 'track', count: 9000, first: '2018-01-01T00:00:00Z', last: '2018-11-01T00:00:00Z', weekly: [1, 2, 3] };
    return [200, { items: [{ ...seen, name: 'Page Viewed' }, { ...seen, name: 'Order Paid' }] }];
  }
  return [200, { items: [], total: 0, reasons: [] }];
}

beforeEach(() => {
  asked = [];
  elapsedMillis = 5;
  current = { kind: 'Journey', id: journey.id, version: 7, hash: 'sha256:0', status: 'approved', deleted: false, author: '林怡君', reason: '首單改以付款為準', at: '2018-11-21T00:00:00Z', current: true, body: journey };
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const call: Asked = { method: init.method ?? 'GET', path: url.replace('/api/v1', ''), ifMatch: headers['If-Match'] ?? null, body: JSON.parse((init.body as string) ?? '{}') as Asked['body'] };
    asked.push(call);
    const [status, body] = answerTo(call);
    return new Response(JSON.stringify(body), { status });
  });
  vi.stubGlobal('EventSource', class { addEventListener() {} close() {} });
  vi.stubGlobal('ResizeObserver', class {
    constructor(readonly told: (entries: unknown[]) => void) {}
    observe() { queueMicrotask(() => this.told([])); }
    unobserve() {}
    disconnect() {}
  });
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1300);
});
afterEach(() => vi.unstubAllGlobals());

async function openBoard(search = '') {
  await startI18n('zh-Hant');
  window.history.replaceState(null, '', `/journeys/seller-growth${search}`);
  const client = createQueryClient();
  render(<App client={client} router={createAppRouter(client)} />);
  await screen.findByRole('heading', { name: /賣家獲取與成長/ });
  await screen.findAllByText('8,000');
  return person();
}

const card = (name: string) => screen.getByRole('button', { name }).closest('article') as HTMLElement;
const order = () => [...document.querySelectorAll('article[data-spot]')].map((each) => (each as HTMLElement).dataset.spot);
const said = () => screen.getByLabelText('剛才發生的事').textContent;
const drawn = () => asked.filter((call) => call.path === '/measure').at(-1)?.body.journey;

describe('the board', () => {
  it('shows a step that is not bound as not measured, never as zero', async () => {
    await openBoard();
    const landing = card('到訪落地頁');
    expect(landing.dataset.bound).toBe('false');
    expect(landing).toHaveProperty('textContent', expect.stringContaining('尚未量測'));
    expect(landing.textContent).not.toMatch(/\d/);
  });

  it('carries n for a small sample and says the word for what is unknown', async () => {
    await openBoard();
    const paid = card('賣出第一單');
    expect(paid.textContent).toContain('樣本少 n=20');
    expect(within(paid).getAllByText('未知').length).toBeGreaterThan(0);
  });

  it('opens with the worst leak in words', async () => {
    await openBoard();
    expect(document.body.textContent).toContain('最漏的一步是 興趣 → 簽約');
    expect(document.body.textContent).toContain('842 位');
  });

  it('shows the same numbers in its table twin', async () => {
    const user = await openBoard();
    await user.keyboard('t');
    const table = await screen.findByRole('table');
    const row = within(table).getByRole('rowheader', { name: '簽下合約' }).closest('tr') as HTMLElement;
    expect(row.textContent).toContain('842');
    expect(row.textContent).toContain('10.5%');
    expect(window.location.search).toContain('view=table');
  });

  it('asks the stored revision by its id as long as nothing is drawn', async () => {
    await openBoard('?from=2018-03-01&to=2018-03-31');
    const questions = asked.filter((call) => call.path === '/measure').map((call) => call.body);
    expect(questions[0]).toMatchObject({ journeyId: 'seller-growth', version: 7, from: '2018-03-01', to: '2018-03-31' });
    await waitFor(() => expect(asked.some((call) => call.path === '/measure' && call.body.from === '2018-01-29' && call.body.to === '2018-02-28')).toBe(true));
  });
});

describe('drawing by keyboard', () => {
  it('moves a step to the next stage, says so, and takes it back', async () => {
    const user = await openBoard('?edit=1');
    screen.getByRole('button', { name: '簽下合約' }).focus();
    await user.keyboard('{Shift>}L{/Shift}');
    expect(order()).toEqual(['visit/landing', 'lead/contact', 'signed/call', 'first/won', 'first/paid']);
    expect(said()).toBe('步驟 簽下合約 移到 首單 的第 1 位');
    await user.keyboard('{Control>}z{/Control}');
    expect(order()).toEqual(['visit/landing', 'lead/contact', 'signed/won', 'signed/call', 'first/paid']);
    expect(said()).toBe('已復原');
  });

  it('deletes, and the numbers follow the draft', async () => {
    const user = await openBoard('?edit=1');
    screen.getByRole('button', { name: '電話確認' }).focus();
    await user.keyboard('{Delete}');
    expect(order()).not.toContain('signed/call');
    await waitFor(() => expect(drawn()?.stages[2]?.steps.map((step) => step.id)).toEqual(['won']));
  });

  it('names a new step where it stands', async () => {
    const user = await openBoard('?edit=1');
    screen.getByRole('button', { name: '留下聯絡方式' }).focus();
    await user.keyboard('n');
    await user.keyboard('回覆來信{Enter}');
    expect(await screen.findByRole('button', { name: '回覆來信' })).toBeDefined();
    expect(order()[2]).toMatch(/^lead\/step-/);
  });

  it('changes nothing for somebody who only reads', async () => {
    const user = await openBoard();
    screen.getByRole('button', { name: '簽下合約' }).focus();
    await user.keyboard('{Shift>}L{/Shift}{Delete}n');
    expect(order()).toEqual(['visit/landing', 'lead/contact', 'signed/won', 'signed/call', 'first/paid']);
  });
});

describe('a step in the hand', () => {
  const drag = async (type: string, target: Element) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, { clientX: 5, clientY: 5, dataTransfer: new DataTransfer() });
    await act(async () => {
      target.dispatchEvent(event);
      await new Promise(requestAnimationFrame); // what a drag says, it says once a frame
    });
  };

  it('has the numbers of the place it is held over, asked at once; the drawing stays until it is let go', async () => {
    await openBoard('?edit=1');
    const before = order();
    await drag('dragstart', card('電話確認'));
    await drag('dragenter', card('賣出第一單'));
    await waitFor(() => expect(drawn()?.stages[3]?.steps.map((step) => step.id)).toEqual(['paid', 'call']));
    expect(order()).toEqual(before);
    expect(said()).toBe('');
    const measures = () => asked.filter((call) => call.path === '/measure').length;
    const sent = measures();
    await drag('drop', card('賣出第一單'));
    expect(order()).toEqual(['visit/landing', 'lead/contact', 'signed/won', 'first/paid', 'first/call']);
    expect(said()).toBe('步驟 電話確認 移到 首單 的第 2 位');
    expect(measures()).toBe(sent);
  });

  it('has counts alone while the hand moves, where a whole answer takes long, and everything once it rests', async () => {
    elapsedMillis = 90;
    await openBoard('?edit=1');
    await drag('dragstart', card('電話確認'));
    await drag('dragenter', card('賣出第一單'));
    const measured = () => asked.filter((call) => call.path === '/measure').slice(1);
    await waitFor(() => expect(card('簽下合約').textContent).toContain('中位時間…'));
    await waitFor(() => expect(measured().map((call) => call.body.only)).toEqual(['counts', undefined]));
    expect(measured().map((call) => call.body.journey?.stages[3]?.steps.length)).toEqual([2, 2]);
    await waitFor(() => expect(card('簽下合約').textContent).toContain('中位時間未知'));
  });

  it('changes nothing when it is taken back', async () => {
    await openBoard('?edit=1');
    const before = order();
    await drag('dragstart', card('電話確認'));
    await drag('dragenter', card('賣出第一單'));
    await drag('dragend', card('電話確認'));
    expect(order()).toEqual(before);
    expect(screen.queryByText(/尚未儲存/)).toBeNull();
  });
});

describe('what is not measured', () => {
  it('is written without asking anything', async () => {
    const user = await openBoard('?edit=1');
    const sent = asked.filter((call) => call.path === '/measure').length;
    screen.getByRole('button', { name: '電話確認' }).focus();
    await user.keyboard('r');
    await user.keyboard('{Control>}a{/Control}打電話{Enter}');
    await screen.findByRole('button', { name: '打電話' });
    // A move after it is asked, so a question about the name would have been too.
    await user.keyboard('{Shift>}L{/Shift}');
    await waitFor(() => expect(drawn()?.stages[3]?.steps.map((step) => step.id)).toContain('call'));
    expect(asked.filter((call) => call.path === '/measure')).toHaveLength(sent + 1);
  });
});

describe('binding', () => {
  it('chooses among seen events, shows the number before it is kept, and binds', async () => {
    const user = await openBoard('?edit=1');
    await user.click(within(card('到訪落地頁')).getByRole('button', { name: '綁定事件' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(await within(dialog).findByRole('combobox', { name: '搜尋事件' }), 'page');
    await user.click(await within(dialog).findByRole('option', { name: /Page Viewed/ }));
    await within(dialog).findByText('9,000');
    await user.click(within(dialog).getByRole('button', { name: '套用' }));
    await waitFor(() => expect(card('到訪落地頁').textContent).toContain('9,000'));
    expect(drawn()?.stages[0]?.steps[0]?.when).toEqual([{ event: 'Page Viewed' }]);
  });
});

describe('saving', () => {
  it('asks for a reason and names the version it started from', async () => {
    const user = await openBoard('?edit=1');
    screen.getByRole('button', { name: '電話確認' }).focus();
    await user.keyboard('{Delete}');
    await user.click(screen.getByRole('button', { name: '儲存' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('button', { name: '儲存' })).toHaveProperty('disabled', true);
    await user.type(within(dialog).getByRole('textbox'), '電話不再打');
    await user.click(within(dialog).getByRole('button', { name: '儲存' }));
    await waitFor(() => expect(current.version).toBe(8));
    expect(asked.find((call) => call.method === 'PUT')).toMatchObject({ ifMatch: '"7"', body: { reason: '電話不再打' } });
  });

  it('when somebody was first, shows both sides and keeps mine on top of theirs', async () => {
    const user = await openBoard('?edit=1');
    screen.getByRole('button', { name: '電話確認' }).focus();
    await user.keyboard('{Delete}');
    current = { ...current, version: 8, author: '陳建宏', body: { ...journey, stages: journey.stages.with(3, { ...journey.stages[3]!, name: '第一單' }) } };
    await user.click(screen.getByRole('button', { name: '儲存' }));
    await user.type(within(await screen.findByRole('dialog')).getByRole('textbox'), '理由');
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '儲存' }));
    await screen.findByText('陳建宏 剛剛存了第 8 版');
    await user.click(screen.getByRole('button', { name: '把我的疊在上面' }));
    await screen.findByRole('button', { name: /第一單，到達/ });
    expect(order()).not.toContain('signed/call');
    expect(current.version).toBe(8);
  });
});

describe('the drawer', () => {
  it('says where the number comes from, and a count opens its people by the same question', async () => {
    const user = await openBoard('?at=first/paid');
    const drawer = await screen.findByRole('complementary');
    expect(drawer.textContent).toContain('以個人計、最近一次進入、180 天視窗');
    expect(drawer.textContent).toContain(`n = ${rate(12, 20).n}`);
    await user.click(within(drawer).getByRole('button', { name: '12 人' }));
    await waitFor(() =>
      expect(asked.findLast((call) => call.path === '/measure/customers' && call.body.journeyId === 'seller-growth')?.body).toMatchObject({ stage: 'first', step: 'paid', state: 'reached' }),
    );
  });

  it('has the focus back when the dialog it opened is closed with Escape', async () => {
    const user = await openBoard('?at=first/paid');
    const count = within(await screen.findByRole('complementary')).getByRole('button', { name: '12 人' });
    await user.click(count);
    const dialog = await screen.findByRole('dialog');
    within(dialog).getAllByRole('button')[0]?.focus();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(count));
  });
});

describe('a journey that is not drawn yet', () => {
  it('says so, with one button, which leads to drawing its first stage', async () => {
    current = { ...current, body: { ...journey, stages: [] } };
    await startI18n('zh-Hant');
    window.history.replaceState(null, '', '/journeys/seller-growth');
    const client = createQueryClient();
    render(<App client={client} router={createAppRouter(client)} />);
    const blank = (await screen.findByText('這條旅程還沒有畫')).closest('section') as HTMLElement;
    await person().click(within(blank).getByRole('button', { name: '繪製' }));
    await screen.findByRole('button', { name: '新增階段' });
    expect(screen.queryByText('這條旅程還沒有畫')).toBeNull();
  });
});

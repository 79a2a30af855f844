import { render, screen, within } from '@testing-library/react';
import { person } from '../../test/user';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../app/App';
import { createQueryClient } from '../../app/queries';
import { createAppRouter } from '../../app/router';
import { startI18n } from '../../i18n';
import type { PathsAnswer, PathsRequest, WalkersRequest } from '../../api/types';
import { answerOf, journey, stageOf } from '../model/sample';

// A server of this test: what follows a stage, and the requests it was asked.
let asked: { path: string; body: PathsRequest & WalkersRequest; signal: AbortSignal | null }[];
let role: string;
let hold: boolean; // questions about paths are not answered yet

function pathsOf(question: PathsRequest): PathsAnswer {
  return {
    kind: question.kind, asOf: '2018-11-14T15:59:59Z', timezone: 'Asia/Taipei', from: null, to: null,
    rule: { subject: 'person', steps: 4, occurrence: 'first', within: null, fold: true, gap: 'none', only: [], except: [], top: 6 },
    facts: { events: 9, customers: 9, through: 9 }, unattributed: 0, anchored: 8000, customers: 8000, paths: 8000, pairs: null,
    nodes: [
      { id: '0/anchor', position: 0, kind: 'anchor', event: null, paths: 8000, customers: 8000 },
      { id: '1/event/Deal Won', position: 1, kind: 'event', event: 'Deal Won', paths: 842, customers: 842 },
      { id: '1/event/Call <Made>', position: 1, kind: 'event', event: 'Call <Made>', paths: 5000, customers: 5000 },
      { id: '1/ended', position: 1, kind: 'ended', event: null, paths: 2158, customers: 2158 },
    ],
    links: [
      { from: '0/anchor', to: '1/event/Call <Made>', paths: 5000, customers: 5000, medianSeconds: 86400 },
      { from: '0/anchor', to: '1/ended', paths: 2158, customers: 2158, medianSeconds: null },
      { from: '0/anchor', to: '1/event/Deal Won', paths: 842, customers: 842, medianSeconds: 3600 },
    ],
  };
}

function answerTo(path: string, body: PathsRequest): unknown {
  switch (path) {
    case '/session':
      return { member: { id: '1', name: '林', email: 'l@x.tw', role, createdAt: '', status: 'active' }, workspace: { name: 'x', timezone: 'Asia/Taipei', locale: 'zh-Hant', weekStart: 'monday', goodColors: 'default' }, demo: false };
    case '/definitions/Journey/seller-growth':
      return { kind: 'Journey', id: journey.id, version: 7, hash: '', status: 'approved', deleted: false, author: '林', reason: '', at: '2018-11-21T00:00:00Z', current: true, body: journey };
    case '/measure':
      return answerOf([stageOf('visit', 9000, null), stageOf('lead', 8000, 9000), stageOf('signed', 842, 8000, { left: { n: 7100, medianDwellSeconds: 86400 } }), stageOf('first', 12, 20)]);
    case '/measure/flow':
      return { nodes: [{ id: 'stage:lead', stage: 'lead', kind: 'stage', name: 'lead', customers: 8000 }, { id: 'left:lead', stage: 'lead', kind: 'left', name: '', customers: 8000 }], links: [{ from: 'stage:lead', to: 'left:lead', customers: 8000, medianSeconds: null }] };
    case '/paths':
      return pathsOf(body);
    case '/paths/customers':
      return { total: 842, items: [{ id: 'u1', name: '王小明', at: '2018-11-01T00:00:00Z', seconds: 7200, paths: 1 }] };
  }
  return { items: [], total: 0, reasons: [] };
}

vi.mock('./Sankey', () => ({ default: () => <div role="img" aria-label="Sankey" /> })); // jsdom measures no text

beforeEach(() => {
  asked = [];
  role = 'admin';
  hold = false;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const path = url.replace('/api/v1', '').split('?')[0] ?? '';
    const body = JSON.parse((init.body as string | undefined) ?? '{}') as PathsRequest;
    asked.push({ path, body: body as PathsRequest & WalkersRequest, signal: init.signal ?? null });
    if (hold && path === '/paths') return new Promise(() => {});
    return Promise.resolve(new Response(JSON.stringify(answerTo(path, body)), { status: 200 }));
  });
  vi.stubGlobal('EventSource', class { addEventListener() {} close() {} });
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
});
afterEach(() => vi.unstubAllGlobals());

async function openFlow(search: string, phone = false) {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: phone && query.includes('max-width'), media: query, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} }));
  await startI18n('zh-Hant');
  window.history.replaceState(null, '', `/journeys/seller-growth?view=flow${search}`);
  const client = createQueryClient();
  render(<App client={client} router={createAppRouter(client)} />);
  await screen.findByRole('heading', { name: /賣家獲取與成長/ });
  return person();
}

const asks = () => asked.filter((call) => call.path === '/paths').map((call) => call.body);

describe('the paths of the flow view', () => {
  it('are chosen beside the journey’s own flow, around its worst leak, and stay in the address', async () => {
    const user = await openFlow('');
    await screen.findByText('離開（興趣之後）');
    await user.click(screen.getByText('之間'));
    await screen.findByText('路徑的數字');
    expect(asks().at(-1)).toMatchObject({ kind: 'between', anchor: { stage: 'lead' }, until: { stage: 'signed' }, fold: true });
    expect(window.location.search).toContain('path=between');
    expect(window.location.search).toContain('anchor=lead');
    await user.click(screen.getByText('旅程流向'));
    await screen.findByText('離開（興趣之後）');
    expect(window.location.search).not.toMatch(/path=|anchor=/);
  });

  it('open with what most people do next, with number, n and share', async () => {
    await openFlow('&path=after&anchor=lead');
    const sentence = await screen.findByText(/之後，最多人接著做的是/);
    const said = sentence.closest('p')?.textContent ?? '';
    expect(said).toContain('Call <Made>');
    expect(said).toContain('5,000 位，佔 8,000 位的 62.5%');
    expect(said).toContain('24 小時');
    expect(screen.queryByText(/最漏的一步/)).toBeNull();
  });

  it('open every link and node of the table to its customers', async () => {
    const user = await openFlow('&path=after&anchor=lead&steps=2');
    const row = (await screen.findByRole('button', { name: '+1 Deal Won' })).closest('tr') as HTMLElement;
    expect(row.textContent).toContain('10.5%');
    await user.click(within(row).getByRole('button', { name: /: 842$/ }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('王小明')).toBeTruthy();
    expect(dialog.textContent).toMatch(/興趣.*Deal Won.*的客戶/);
    expect(dialog.textContent).toContain('842');
    expect(asked.at(-1)).toMatchObject({ path: '/paths/customers', body: { kind: 'after', link: ['0/anchor', '1/event/Deal Won'], steps: 2, sort: 'newest', limit: 50 } });
    await user.keyboard('{Escape}');
    await user.click(within(row).getByRole('button', { name: '+1 Deal Won' }));
    await vi.waitFor(() => expect(asked.at(-1)?.body.node).toBe('1/event/Deal Won'));
  });

  it('offer a viewer no list of people', async () => {
    role = 'viewer';
    await openFlow('&path=after&anchor=lead');
    await screen.findByText('路徑的數字');
    expect(screen.queryByRole('button', { name: /Deal Won|看這些客戶/ })).toBeNull();
  });

  it('are a list on a phone', async () => {
    await openFlow('&path=after&anchor=lead', true);
    const list = await screen.findByRole('list', { name: '路徑的數字' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(3);
    expect(screen.queryByRole('img', { name: 'Sankey' })).toBeNull();
  });

  it('abort a question that was overtaken', async () => {
    const user = await openFlow('&path=after&anchor=lead');
    await screen.findByText('路徑的數字');
    hold = true;
    await user.click(screen.getByText('之前'));
    await vi.waitFor(() => expect(asks().at(-1)?.kind).toBe('before'));
    const overtaken = asked.findLast((call) => call.path === '/paths');
    await user.click(screen.getByText('全部轉移'));
    await vi.waitFor(() => expect(overtaken?.signal?.aborted).toBe(true));
  });
});

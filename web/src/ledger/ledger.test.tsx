import { describe, expect, it } from 'vitest';
import type { Difference, Revision } from '../api/types';
import { open } from '../test/open';
import { serve, type Asked } from '../test/server';
import { previousOf } from './DefinitionPage';

function revision(version: number, more: Partial<Revision> = {}): Revision {
  return {
    kind: 'Journey',
    id: 'office',
    version,
    hash: `sha256:${version}`,
    status: 'proposed',
    deleted: false,
    author: '陳建宏',
    reason: `because ${version}`,
    at: `2026-11-0${version}T00:00:00Z`,
    current: version === 3,
    body: { name: { en: 'Offices', 'zh-Hant': '辦公室' }, window: version === 3 ? '180d' : '90d' },
    ...more,
  };
}

const difference: Difference = {
  from: revision(2),
  to: revision(3),
  changes: [{ path: 'window', label: ['window'], op: 'changed', from: '90d', to: '180d' }],
};

const routes = {
  'GET /definitions/all': { items: [revision(3)] },
  'GET /definitions/Journey/office/history': { items: [revision(3), revision(2), revision(1)] },
  'GET /definitions/Journey/office/diff': difference,
};

describe('the ledger', () => {
  it('opens with what waits for approval', async () => {
    serve(routes);
    const { findByText } = await open('/ledger', 'en');
    expect((await findByText(/waits for approval/)).textContent ?? '').toContain('Offices');
  });

  it('lists what was deleted apart from what stands', async () => {
    const asked = serve({
      ...routes,
      'GET /definitions/all': ({ query }: Asked) => ({
        items: query.get('deleted') ? [revision(4, { id: 'shops', deleted: true, body: { name: { en: 'Shops' } } })] : [revision(3)],
      }),
    });
    const { user, findByText, findAllByText, queryByText } = await open('/ledger', 'en');
    await findAllByText('Offices');
    expect(queryByText('Shops')).toBeNull();
    await user.click(await findByText('Deleted'));
    await findByText('Shops');
    expect(asked.filter((one) => one.path === '/definitions/all').map((one) => one.query.toString())).toEqual(['', 'deleted=true']);
  });

  it('tells the last change in words, with the field in the reader’s language', async () => {
    serve(routes);
    const { findByText } = await open('/ledger/Journey/office', 'zh-Hant');
    expect((await findByText('180d')).closest('li')?.textContent).toMatch(/視窗.*改為.*90d.*180d/);
  });

  it('says the words of the format in the reader’s language, and people’s own as they wrote them', async () => {
    const changes: Difference['changes'] = [
      { path: 'entry', label: ['entry'], op: 'added', to: 'first' },
      { path: 'excluded', label: ['excluded'], op: 'changed', from: 'remove', to: 'keep' },
      { path: 'stages[0].pass', label: ['Signed', 'pass'], op: 'changed', from: 'any', to: 'sequence' },
      { path: 'stages[0].optional', label: ['Signed', 'optional'], op: 'added', to: true },
      { path: 'stages[1].name', label: ['first', 'name'], op: 'changed', from: 'first', to: 'any' },
      { path: 'stages[1].steps[0]', label: ['first', 'Tasted'], op: 'added', to: { id: 'tasted', name: { en: 'Tasted', 'zh-Hant': '試喝' } } },
      { path: 'stages[1].steps[0].belief', label: ['first', 'Tasted', 'belief'], op: 'added', to: { feeling: 1, note: 'sweet' } },
      { path: 'stages[1].steps[0].when', label: ['first', 'Tasted', 'when'], op: 'added', to: [{ event: 'Tea Tasted', where: { plan: ['a', 'b'] } }, { event: 'Tea Sipped' }] },
    ];
    serve({ ...routes, 'GET /definitions/Journey/office/diff': { ...difference, changes } });
    const { findByText, container } = await open('/ledger/Journey/office', 'zh-Hant');
    await findByText('第一次進入');
    expect([...container.querySelectorAll('li[data-op]')].map((line) => [...line.querySelectorAll('del span, ins span')].map((value) => value.textContent))).toEqual([
      ['第一次進入'],
      ['整個拿掉', '留在之前走到的階段'],
      ['任一步即通過', '依序才通過'],
      ['是'],
      ['first', 'any'],
      ['試喝'],
      ['感受 1 · 註記 sweet'],
      ['事件 Tea Tasted · 條件 plan a / b', '事件 Tea Sipped'],
    ]);
  });

  it('compares the two revisions the address names', async () => {
    const asked = serve(routes);
    const { findAllByText } = await open('/ledger/Journey/office?from=1&to=3', 'en');
    await findAllByText('Version 3');
    await expect.poll(() => asked.find((one) => one.path.endsWith('/diff'))?.query.toString()).toBe('from=1&to=3');
  });

  it('knows the revision before another, and that nothing is before the first', () => {
    expect(previousOf([revision(3), revision(1)], 3)).toBe(1);
    expect(previousOf([revision(3), revision(1)], 1)).toBe(0);
  });

  it('approves with a reason, and not without', async () => {
    const asked = serve({ ...routes, 'POST /definitions/Journey/office/approve': revision(3, { status: 'approved' }) });
    const { user, findByRole, findByLabelText, findAllByRole } = await open('/ledger/Journey/office', 'en');
    await user.click(await findByRole('button', { name: 'Approve' }));
    const reason = await findByLabelText('Reason');
    const confirm = (await findAllByRole('button', { name: 'Approve' })).at(-1) as HTMLButtonElement;
    expect(confirm.disabled).toBe(true);
    await user.type(reason, 'agreed with sales');
    await user.click(confirm);
    await expect.poll(() => asked.find((one) => one.path.endsWith('/approve'))?.body).toEqual({ version: 3, reason: 'agreed with sales' });
  });

  it('approves again what stands, and tells every approval', async () => {
    const approvals = [
      { by: '林淑芬', reason: 'agreed with sales', at: '2026-11-05T00:00:00Z' },
      { by: '王小明', reason: 'the new window is meant', at: '2026-11-09T00:00:00Z' },
    ];
    const approved = revision(3, { status: 'approved', approvedBy: '王小明', approvedAt: '2026-11-09T00:00:00Z', approvals });
    const asked = serve({
      ...routes,
      'GET /definitions/Journey/office/history': { items: [approved, revision(2), revision(1)] },
      'POST /definitions/Journey/office/approve': approved,
    });
    const { user, findByRole, findByLabelText, findByText, findAllByRole } = await open('/ledger/Journey/office', 'en');
    expect((await findByText(/Approved by 林淑芬/)).textContent).toContain('agreed with sales');
    expect((await findByText(/Approved again by 王小明/)).textContent).toContain('the new window is meant');
    await user.click(await findByRole('button', { name: 'Approve again' }));
    await user.type(await findByLabelText('Reason'), 'still right');
    await user.click((await findAllByRole('button', { name: 'Approve again' })).at(-1) as HTMLButtonElement);
    await expect.poll(() => asked.find((one) => one.path.endsWith('/approve'))?.body).toEqual({ version: 3, reason: 'still right' });
  });

  it('restores over the version that stands now', async () => {
    const asked = serve({ ...routes, 'POST /definitions/Journey/office/restore': revision(4) });
    const { user, findByRole, findByLabelText } = await open('/ledger/Journey/office', 'en');
    await user.click(await findByRole('button', { name: 'Restore Version 1' }));
    await user.type(await findByLabelText('Reason'), 'the old window was right');
    await user.click(await findByRole('button', { name: 'Restore' }));
    await expect.poll(() => asked.find((one) => one.path.endsWith('/restore'))).toBeDefined();
    const restore = asked.find((one) => one.path.endsWith('/restore'));
    expect(restore?.body).toEqual({ version: 1, reason: 'the old window was right' });
    expect(restore?.headers.get('If-Match')).toBe('"3"');
  });
});

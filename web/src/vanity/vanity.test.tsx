import { within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { TreeVerdict } from '../api/tree';
import type { Revision } from '../api/types';
import { dayOf } from '../board/model/period';
import { serve, session, type Routes } from '../test/server';
import { show } from '../test/show';
import { measuredTree, node } from '../test/tree';
import { groups, signed, subjectsOf, waiversOf, type TestResult, type TreeBody, type Waiver } from './model';
import { VerdictPanel } from './VerdictPanel';
import { VerdictsOf } from './VerdictsOf';

const result = (test: TestResult['test'], outcome: TestResult['outcome'], more: Partial<TestResult> = {}): TestResult => ({ test, outcome, numbers: [], method: { name: '', parameters: {} }, missing: [], ...more });
const verdict: TreeVerdict = {
  metric: 'registered', judgement: 'vain', standing: 'vain', reasons: [{ rule: 'runningTotal', tests: ['ratchet'] }, { rule: 'twoOfValue', tests: ['farFromValue', 'noForesight'] }],
  tests: [
    result('ratchet', 'fail', { numbers: [{ name: 'share', value: 1, n: 102, fails: { is: 'atLeast', threshold: 0.98 } }], method: { name: 'definition', parameters: {} } }),
    result('noDenominator', 'pass', { numbers: [{ name: 'rates', of: 'active', value: 1, n: 1, fails: { is: 'below', threshold: 1 } }] }),
    result('bought', 'unknown', { missing: [{ what: 'spend', needed: 1, there: 0 }] }),
    result('farFromValue', 'fail', { numbers: [{ name: 'share', value: 0.1458, low: 0.1335, high: 0.159, n: 2963, fails: { is: 'below', threshold: 0.2 } }] }),
    result('noForesight', 'fail', { numbers: [
      { name: 'grangerP', of: 'revenue', value: 0.0001, n: 101, fails: { is: 'above', threshold: 0.05 } }, { name: 'errorRatio', of: 'revenue', value: 1.0243, n: 50, fails: { is: 'atLeast', threshold: 1 } }, { name: 'horizon', of: 'revenue', value: 2, n: 50 },
    ] }),
    result('noHandle', 'unknown', { missing: [{ what: 'attempts', needed: 1, there: 0 }] }),
    result('divergence', 'unknown', { missing: [{ what: 'periods', of: 'revenue', needed: 12, there: 1 }] }),
    result('notAuditable', 'pass', { numbers: [{ name: 'lists', value: 1, n: 1, fails: { is: 'below', threshold: 1 } }] }),
    result('soWhat', 'fail', { numbers: [{ name: 'sentences', value: 0, n: 2, fails: { is: 'below', threshold: 1 } }] }),
  ],
};
const judged = node('registered', { name: { en: 'Registered users' }, vanity: verdict });
const others = [node('revenue'), node('active')];
const tree = measuredTree({ nodes: [judged, ...others] });

const panel = <VerdictPanel tree="company" answer={tree} node={judged} />;

const stored = <Body,>(kind: string, id: string, version: number, body: Body): Revision<Body> => ({ kind, id, version, hash: '', status: 'approved', deleted: false, author: 'Ada', reason: 'first', at: '2026-10-01T00:00:00Z', current: true, body });
const waiver = (at: string, by: string, more: Partial<Waiver> = {}): Waiver => ({ metric: 'registered', verdict: 'sound', by, at, reason: `${by} says so`, ...more });
const body: TreeBody = { kind: 'Tree', id: 'company', stars: [{ metric: 'revenue' }], waivers: [waiver('2026-01-02', 'Bo'), waiver('2026-05-01', 'Chen'), waiver('2026-09-01', 'Di', { metric: 'revenue' })] };
const routes: Routes = {
  'GET /trees': { items: [{ id: 'company', name: { en: 'One good cup' } }] }, 'POST /measure/tree': tree, 'GET /definitions/Tree/company': stored('Tree', 'company', 4, body),
};

/** What observers of sight are told. */
const sight = (isIntersecting: boolean) =>
  vi.stubGlobal('IntersectionObserver', class {
    constructor(private readonly see: (entries: { isIntersecting: boolean }[]) => void) {}
    observe() {
      this.see([{ isIntersecting }]);
    }
    disconnect() {}
  });

describe('the verdict on a metric', () => {
  it('is told with its rules, and each of the nine tests with its number, threshold and what is missing', async () => {
    serve(routes);
    const { findByRole, findByText } = await show(panel);
    expect((await findByText(/is a vanity metric/)).textContent).toBe('✕ vain Registered users is a vanity metric. It is a total since the beginning and can only rise, so that it rose is no news. It shows no value: few of those counted reach value, it foretells no outcome.');
    const rows = within(await findByRole('table', { name: 'The nine tests' })).getAllByRole('row').filter((row) => row.dataset.outcome);
    expect(rows).toHaveLength(9);
    const told = (name: string) => rows.find((row) => row.textContent?.includes(name))?.textContent;
    expect(told('Can fall')).toBe('✕failedCan fallIt is defined as a total since the beginning.');
    expect(told('Has a denominator')).toContain('The active stands beside it as a rate.');
    expect(told('Earned')).toBe('?Earned, not boughtUnknownThe tree names no spending.');
    expect(told('Near to value')).toContain('Of the 2,963 counted, 14.6% (13.4%–15.9%) reached the value event; the threshold is 20.0%.');
    expect(told('Foretells')).toContain('the error of forecasting The revenue 2 periods ahead is 1.02 times what it was (below 1 helps); Granger p < 0.001 (at most 0.05), n = 101.');
    expect(told('Goes with what matters')).toContain('It takes 12 unbroken periods together with The revenue; so far: 1.');
  });

  it('measures no tree before the reader comes to it, and says when none names the metric', async () => {
    sight(false);
    const asked = serve(routes);
    const away = await show(<VerdictsOf metric="registered" />);
    await away.findByText('Does it tell anything, or only flatter?');
    expect(asked.some(({ path }) => path === '/measure/tree')).toBe(false);
    away.unmount();
    sight(true);
    serve({ ...routes, 'POST /measure/tree': { ...tree, nodes: others } });
    const { findByText } = await show(<VerdictsOf metric="registered" />);
    await findByText(/No tree names this metric/);
  });

  it('is overridden by a signed reason, which makes a revision of the tree with everything else in it', async () => {
    const change = { path: 'waivers[1]', label: ['waivers', '1'], op: 'added', to: 'Eve says so' };
    const asked = serve({ ...routes, 'GET /definitions/Tree/company/diff': { from: null, to: null, changes: [change] }, 'PUT /definitions/Tree/company': (put: { body: unknown }) => stored('Tree', 'company', 5, (put.body as { body: TreeBody }).body) });
    const { user, findByRole, findByText } = await show(panel);
    await user.click(await findByRole('button', { name: 'Sign another judgement' }));
    const dialog = within(await findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'We invite by hand');
    await user.click(dialog.getByRole('button', { name: 'Sign' }));
    await findByText('We invite by hand');
    const put = asked.find(({ method }) => method === 'PUT');
    expect(put?.headers.get('If-Match')).toBe('"4"');
    const today = dayOf(new Date(), session.workspace.timezone);
    expect(put?.body).toEqual({ reason: 'We invite by hand', body: { ...body, waivers: [...(body.waivers ?? []), { metric: 'registered', verdict: 'sound', by: '林怡君', at: today, reason: 'We invite by hand' }] } });
  });

  it('shows what somebody saved in the meantime, and signs on top of it when told to', async () => {
    const theirs = stored('Tree', 'company', 5, { ...body, waivers: [waiver('2026-10-30', 'Eve', { verdict: 'vain' })] });
    const conflict = () => new Response(JSON.stringify({ type: 'about:blank', title: 'Stale', status: 409, kind: 'conflict', key: 'ledger.stale', current: theirs }), { status: 409 });
    const change = { path: 'waivers[1]', label: ['waivers', '1'], op: 'added', to: 'Eve says so' };
    const asked = serve({ ...routes, 'GET /definitions/Tree/company/diff': { from: null, to: null, changes: [change] }, 'PUT /definitions/Tree/company': (put: { headers: Headers; body: unknown }) => (put.headers.get('If-Match') === '"5"' ? stored('Tree', 'company', 6, (put.body as { body: TreeBody }).body) : conflict()) });
    const { user, findByRole, findByText } = await show(panel);
    await user.click(await findByRole('button', { name: 'Sign another judgement' }));
    const dialog = within(await findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'We invite by hand');
    await user.click(dialog.getByRole('button', { name: 'Sign' }));
    await findByText('Eve says so');
    await findByText('Signed as “sound”: We invite by hand');
    await user.click(await findByRole('button', { name: 'Put mine on top' }));
    await user.click(await findByRole('button', { name: 'Sign' }));
    await findByText('We invite by hand');
    const last = asked.filter(({ method }) => method === 'PUT').at(-1)?.body as { body: TreeBody };
    expect(last.body.waivers?.map(({ by }) => by)).toEqual(['Eve', '林怡君']);
  });

  it('keeps what was computed beside what was signed, and lists all signatures', async () => {
    const override = { judgement: 'sound' as const, over: 'vain' as const, by: 'Chen', at: '2026-05-01T00:00:00Z', why: 'Chen says so' };
    serve(routes);
    const { findByText, getAllByRole } = await show(<VerdictPanel tree="company" answer={tree} node={{ ...judged, vanity: { ...verdict, standing: 'sound', override } }} />);
    expect((await findByText(/Signed by Chen on May 1, 2026: Chen says so/)).textContent).toContain('✓ soundsigned');
    expect((await findByText(/is a vanity metric/)).textContent).toContain('Computed: ✕ vain');
    await findByText('Bo says so');
    const signatures = getAllByRole('listitem').map(({ textContent }) => textContent ?? '').filter((text) => text.includes('says so'));
    expect(signatures).toEqual(['sound Chen · May 1, 2026Chen says so', 'sound Bo · Jan 2, 2026Bo says so']);
  });

  it('offers no signature to viewers', async () => {
    serve(routes);
    const { findByRole, findByText, queryByRole } = await show(panel, { as: { ...session, member: { ...session.member, role: 'viewer' } } });
    await findByRole('table', { name: 'The nine tests' });
    await findByText('Bo says so'); // the tree is there to be signed
    expect(queryByRole('button', { name: 'Sign another judgement' })).toBeNull();
  });
});

describe('the model of verdicts', () => {
  it('groups all nine tests, each once', () => {
    expect(groups.flatMap(({ tests }) => [...tests] as string[]).toSorted()).toEqual(verdict.tests.map(({ test }) => test as string).toSorted());
  });

  it('lists waivers of one metric, the newest first; of one day, the later one', () => {
    const many = { ...body, waivers: [waiver('2026-05-01', 'A'), waiver('2026-01-01', 'B'), waiver('2026-05-01', 'C')] };
    expect(waiversOf(stored('Tree', 'company', 1, many), 'registered').map(({ by }) => by)).toEqual(['C', 'A', 'B']);
    expect(waiversOf(undefined, 'registered')).toEqual([]);
    expect(signed({ kind: 'Tree', id: 'x' }, waiver('2026-01-01', 'A')).waivers).toHaveLength(1);
  });

  it('tells each series that a test is about once', () => {
    expect(subjectsOf(verdict.tests[4]?.numbers ?? [])).toEqual(['revenue']);
  });
});

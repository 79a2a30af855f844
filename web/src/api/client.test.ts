import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, ApiError, pathOf, queryOf, speak, whenSignedOut } from './client';

const answers = vi.fn<typeof fetch>();

beforeEach(() => {
  answers.mockReset();
  vi.stubGlobal('fetch', answers);
});
afterEach(() => {
  vi.unstubAllGlobals();
  whenSignedOut(() => undefined);
});

function answer(status: number, body: unknown, type = 'application/json') {
  answers.mockResolvedValueOnce(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'Content-Type': type } }));
}

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
}

describe('a request', () => {
  it('carries the session and the reader’s language', async () => {
    speak('zh-Hans');
    answer(200, { items: [] });
    await api.get('/journeys');
    const [url, init] = answers.mock.calls[0] ?? [];
    expect(url).toBe('/api/v1/journeys');
    expect(init?.credentials).toBe('same-origin');
    expect(new Headers(init?.headers).get('Accept-Language')).toBe('zh-Hans');
  });

  it('that writes a definition says which version it read', async () => {
    answer(200, {});
    await api.put('/definitions/Journey/a', { body: {}, reason: 'why' }, { ifMatch: 7 });
    expect(new Headers(answers.mock.calls[0]?.[1]?.headers).get('If-Match')).toBe('"7"');
  });

  it('escapes every part of a path and leaves out what is not asked', () => {
    expect(pathOf('客戶/1', 'a b')).toBe('/%E5%AE%A2%E6%88%B6%2F1/a%20b');
    expect(queryOf({ a: 1, none: undefined, empty: '', list: ['x', 'y'], no: false })).toBe('?a=1&list=x&list=y&no=false');
    expect(queryOf({})).toBe('');
  });

  it('answered with nothing gives nothing', async () => {
    answers.mockResolvedValueOnce(new Response(null, { status: 204 }));
    await expect(api.delete('/session')).resolves.toBeUndefined();
  });
});

describe('a problem', () => {
  it('of RFC 9457 is kept whole, with both versions of a stale write', async () => {
    answer(409, { title: '有人先改了', detail: '看看差異', status: 409, kind: 'conflict', key: 'ledger.stale', current: { version: 8 }, yours: { id: 'a' } }, 'application/problem+json');
    const error = await failure(api.put('/definitions/Journey/a', {}, { ifMatch: 7 }));
    expect(error.status).toBe(409);
    expect(error.key).toBe('ledger.stale');
    expect(error.problem.current?.version).toBe(8);
    expect(error.message).toBe('有人先改了');
  });

  it('that is a proxy’s page becomes one that says which status it was', async () => {
    answer(502, '<html>Bad Gateway</html>', 'text/html');
    const error = await failure(api.get('/journeys'));
    expect(error.problem).toMatchObject({ status: 502, kind: 'unavailable', key: 'screen.unexpected' });
  });

  it('of no network at all has status 0', async () => {
    answers.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    expect((await failure(api.get('/journeys'))).problem).toMatchObject({ status: 0, key: 'screen.unreachable' });
  });

  it('of a session that ended is told once to whoever listens, but not when asking for the session itself', async () => {
    const heard = vi.fn();
    whenSignedOut(heard);
    answer(401, { title: '請登入', status: 401, kind: 'denied', key: 'access.sign-in' });
    await failure(api.get('/journeys'));
    expect(heard).toHaveBeenCalledTimes(1);
    answer(401, { title: '請登入', status: 401, kind: 'denied', key: 'access.sign-in' });
    await failure(api.get('/session'));
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

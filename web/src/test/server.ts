// A server for tests of screens: answers by method and path, and remembers what
// it was asked. What it says has the shapes of api/types.ts.
import { vi } from 'vitest';
import type { Session } from '../api/types';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}

type Answer = unknown;
/** "GET /journeys": an answer, or what makes one of the request; a Response is given as it is. */
export type Routes = Record<string, Answer | ((asked: Asked) => Answer)>;

export const session: Session = {
  member: { id: 'me', name: '林怡君', email: 'lin@moon.example', role: 'admin', createdAt: '2026-01-01T00:00:00Z', status: 'active' },
  workspace: { name: '明月茶機', timezone: 'Asia/Taipei', locale: 'zh-Hant', weekStart: 'monday', goodColors: 'default' },
  demo: false,
};

const always: Routes = {
  'GET /session': session,
  'GET /quarantine': { items: [], total: 0, reasons: [] },
  'GET /events/names': { items: [] },
};

/** problem is an RFC 9457 answer. */
export function problem(status: number, key: string, title: string): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title, status, key, kind: 'internal' }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}

export function serve(routes: Routes): Asked[] {
  const asked: Asked[] = [];
  const all = { ...always, ...routes };
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input, 'http://beichen.test');
    const request: Asked = {
      method: init.method ?? 'GET',
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      headers: new Headers(init.headers),
    };
    asked.push(request);
    const route = all[`${request.method} ${request.path}`];
    if (route === undefined) return problem(404, 'test.no-route', `${request.method} ${request.path}`);
    const answer: unknown = await (typeof route === 'function' ? (route as (asked: Asked) => Answer)(request) : route);
    return answer instanceof Response ? answer : new Response(JSON.stringify(answer), { status: 200 });
  });
  return asked;
}

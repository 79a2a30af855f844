// The one way the screens talk to the management API: same origin, the session
// cookie, the reader's language, and RFC 9457 problems turned into ApiError.
import type { Problem, Revision } from './types';

export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

interface CallOptions {
  query?: Query;
  /** The version that was read, for writes of definitions; "0" makes a new one. */
  ifMatch?: number | string;
  signal?: AbortSignal;
}

/** An answer of the server that is not a success, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
  }

  get status(): number {
    return this.problem.status;
  }

  get key(): string {
    return this.problem.key;
  }
}

/** What stands now, where a write was refused because somebody else saved first; else null. */
export function overtakenBy<Body>(error: unknown): Revision<Body> | null {
  return error instanceof ApiError && error.status === 409 && error.problem.current ? (error.problem.current as Revision<Body>) : null;
}

/** The language every request asks for, and who hears that a session has ended. */
const surroundings: { language: string; onSignedOut: (problem: Problem) => void } = {
  language: 'zh-Hant',
  onSignedOut: () => undefined,
};

export function speak(language: string): void {
  surroundings.language = language;
}

export function whenSignedOut(listener: (problem: Problem) => void): void {
  surroundings.onSignedOut = listener;
}

/** pathOf escapes each part: an id may hold a slash, a colon or a character of any script. */
export function pathOf(...parts: (string | number)[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

export function queryOf(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

async function call<T>(method: string, path: string, body: unknown, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = {
    Accept: 'application/json, application/problem+json',
    'Accept-Language': surroundings.language,
  };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.ifMatch !== undefined) headers['If-Match'] = `"${options.ifMatch}"`;

  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${queryOf(options.query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options.signal,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(unreachable());
  }

  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;

  const problem = problemOf(response.status, text);
  if (problem.status === 401 && path !== '/session') surroundings.onSignedOut(problem);
  throw new ApiError(problem);
}

/** The title of status 0 is a key: the screen, not the server, has to say it in the reader's language. */
function unreachable(): Problem {
  return { type: 'about:blank', title: 'unreachable', status: 0, kind: 'unavailable', key: 'screen.unreachable' };
}

function problemOf(status: number, text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'title' in parsed) {
      return { type: 'about:blank', kind: 'internal', key: '', ...(parsed as Partial<Problem>), status } as Problem;
    }
  } catch {
    // A proxy in between answered with a page of its own; what it says is of no use to the reader.
  }
  const kind = status === 429 ? 'limited' : status >= 502 && status <= 504 ? 'unavailable' : 'internal';
  return { type: 'about:blank', title: `HTTP ${status}`, status, kind, key: 'screen.unexpected' };
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, undefined, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: CallOptions) => call<T>('POST', path, body ?? {}, options),
  put: <T>(path: string, body: unknown, options?: CallOptions) => call<T>('PUT', path, body, options),
  patch: <T>(path: string, body: unknown, options?: CallOptions) => call<T>('PATCH', path, body, options),
  delete: <T>(path: string, body?: unknown, options?: CallOptions) => call<T>('DELETE', path, body, options),
};

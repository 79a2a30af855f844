// What a reader of the API is told, asked beside the screen.
import assert from 'node:assert/strict';

/** A client of the management API; without a key it is the sample company's admin. */
export function api(url, key) {
  const ask = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...(key && { Authorization: `Bearer ${key}` }), ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return { get: (path) => ask('GET', path), post: (path, body) => ask('POST', path, body) };
}

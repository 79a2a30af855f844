// A shop on an origin of its own, with @segment/analytics-next as its package
// ships it, where visitors do things.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { root } from './server.mjs';

const library = join(root, 'e2e/clients/node_modules/@segment/analytics-next/dist/umd');

/** Opens the shop. */
export async function openShop() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    if (pathname === '/') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end('<!doctype html><meta charset="utf-8"><title>茶行</title><script src="/lib/index.js"></script>');
    } else if (pathname.startsWith('/lib/')) {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
      createReadStream(join(library, pathname.split('/').pop()))
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
    } else {
      response.writeHead(204).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * One visitor, in a browser profile of their own: runs `story({ client, ...given })`
 * inside the shop and gives the messages that Beichen took.
 * @param {import('playwright-core').Browser} browser
 */
export async function visit(browser, { shop, url, key, story, given }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const messages = [];
  const pending = new Set();
  const isOurs = (request) => request.method() === 'POST' && request.url().startsWith(url);
  page.on('request', (request) => isOurs(request) && pending.add(request));
  page.on('requestfailed', (request) => assert.ok(!isOurs(request), `${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (!pending.delete(response.request())) return;
    messages.push({ status: response.status(), message: JSON.parse(response.request().postData()) });
  });
  await page.goto(shop);
  await page.evaluate(({ key: writeKey, url: cdnURL }) => {
    window.client = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL });
  }, { key, url });
  await page.evaluate(story, given);
  while (pending.size > 0) await page.waitForEvent('response');
  await context.close();
  assert.deepEqual(messages.map(({ status }) => status), messages.map(() => 200), 'what the shop sends is taken');
  return messages.map(({ message }) => message);
}

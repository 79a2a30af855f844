// One page in Chromium, served from an origin of its own, that loads a client
// library as its package ships it and tells the story with it.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { member, visitor } from './scenario.mjs';

// tell serves the files (path on the site → path in node_modules), opens a page
// whose body is the given HTML, and runs the story, a function, inside it. It
// resolves when the story does, standard input ends and the server has answered all
// that was sent. Being asked to come back is no failure.
export async function tell({ files, html = '', story, url, key }) {
  const site = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const file = files[pathname] ?? Object.entries(files).find(([folder]) => folder.endsWith('/') && pathname.startsWith(folder))?.[1] + pathname.split('/').pop();
    if (pathname === '/') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><title>Shop</title>${html}`);
    } else if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
    } else {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
      createReadStream(fileURLToPath(new URL(`node_modules/${file}`, import.meta.url)))
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
    }
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const page = await browser.newPage();
    let unanswered = 0;
    let failed = 0;
    page.on('console', (message) => console.error(`page: ${message.text()}`));
    page.on('pageerror', (error) => {
      console.error(error);
      failed++;
    });
    const ours = (request) => request.url().startsWith(url);
    page.on('request', (request) => (unanswered += ours(request)));
    page.on('requestfailed', (request) => {
      console.error(`${request.url()}: ${request.failure().errorText}`);
      unanswered -= ours(request);
      failed++;
    });
    page.on('response', (response) => {
      unanswered -= ours(response.request());
      if (response.status() >= 400 && response.status() !== 503) {
        console.error(`${response.status()} ${response.url()}`);
        failed++;
      }
    });
    await page.goto(`http://127.0.0.1:${site.address().port}/?utm_source=google&utm_medium=cpc&utm_campaign=spring`);
    await page.evaluate(story, { url, key, member, visitor });
    await new Promise((resolve) => process.stdin.on('end', resolve).resume());
    const deadline = Date.now() + 10_000;
    while (unanswered > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (failed > 0 || unanswered > 0) {
      throw new Error(`${failed} failures, ${unanswered} requests without an answer`);
    }
  } finally {
    await browser.close();
    site.close();
    site.closeAllConnections();
  }
}

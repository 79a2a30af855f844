// Chromium with a page, and the checks that every picture has to pass.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

const out = join(root, 'e2e/out');
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  await mkdir(out, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
}

/**
 * A page whose console errors, and whose questions that no route answers, fail
 * the test that asks `clean`. `quiet` resolves when the screen has all it asked
 * for and shows it.
 * @param {import('playwright-core').Browser} browser
 * @param {{url?: string, locale?: string, language?: string, width?: number, height?: number, dark?: boolean, motion?: boolean}} options
 *   language: chosen by the reader on this device; locale: the browser's; motion: with the movements
 *   that a picture does without
 */
export async function open(browser, { url, locale = 'zh-TW', language, width = 1440, height = 900, dark = false, motion = false } = {}) {
  const context = await browser.newContext({
    baseURL: url, locale, viewport: { width, height }, timezoneId: 'Asia/Taipei',
    colorScheme: dark ? 'dark' : 'light', reducedMotion: motion ? 'no-preference' : 'reduce',
  });
  if (language) await context.addInitScript(prefer, language);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // The browser reports every 4xx answer as an error; which of those are faults is decided below.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(`${page.url()}: ${message.text()}`);
    }
  });
  page.on('response', async (response) => {
    const status = response.status();
    const missing = status === 404 && (await response.text().catch(() => '')).includes('api.no-route');
    if (missing || status === 405 || status >= 500) faults.push(`${response.request().method()} ${response.url()}: ${status}`);
  });

  const asked = new Set();
  const forget = (request) => asked.delete(request);
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/v1/live')) asked.add(request); // the stream of news never ends
  });
  page.on('requestfinished', forget);
  page.on('requestfailed', forget);
  const quiet = async () => {
    const deadline = Date.now() + 30_000;
    for (let still = 0; still < 3; ) {
      assert.ok(Date.now() < deadline, `${page.url()} is still waiting for ${[...asked].map((request) => request.url()).join(', ') || 'its own skeletons'}`);
      const waiting = await page.evaluate(loading);
      still = waiting || asked.size > 0 ? 0 : still + 1;
    }
  };
  return { page, context, quiet, clean: () => assert.deepEqual(faults, [], 'errors on the page') };
}

/** Runs inside the page, before its own scripts. */
function prefer(locale) {
  localStorage.setItem('beichen.preferences', JSON.stringify({ locale }));
}

/** Whether two frames from now something is still to come: a screen has a heading and no skeletons. Runs inside the page. */
function loading() {
  const unfinished = () => document.querySelector('h1, h2') === null || document.querySelector('.ant-skeleton, [aria-busy="true"]') !== null;
  return new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done(unfinished())));
  });
}

/** Takes a picture after checking that every character on the page has a glyph. */
export async function picture(page, name, options = {}) {
  await page.evaluate(() => document.fonts.ready);
  const missing = await page.evaluate(missingGlyphs);
  assert.deepEqual(missing, [], `${name}: characters without a glyph`);
  await page.screenshot({ path: join(out, `${name}.png`), ...options });
}

/** Fails on what axe finds serious or critical; rules: those alone. */
export async function accessible(page, name, rules) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(runOnly && { runOnly: { type: 'rule', values: runOnly } }) });
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim()})`));
  }, rules);
  assert.deepEqual(found, [], `${name}: axe`);
}

/**
 * Characters of the page that the browser draws as an empty box: they look the
 * same as a code point that no font can have. Runs inside the page.
 */
export function missingGlyphs() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 24;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const draw = (character, font) => {
    pen.clearRect(0, 0, 24, 24);
    pen.font = `16px ${font}`;
    pen.fillText(character, 2, 18);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  const boxes = new Map();
  const seen = new Set();
  const missing = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement === null || node.parentElement.closest('script, style') !== null) continue;
    const font = getComputedStyle(node.parentElement).fontFamily;
    if (!boxes.has(font)) boxes.set(font, draw('\u{10FFFE}', font));
    for (const character of node.data) {
      if (/[\s\p{C}]/u.test(character) || seen.has(character + font)) continue;
      seen.add(character + font);
      if (draw(character, font) === boxes.get(font)) missing.add(character);
    }
  }
  return [...missing];
}

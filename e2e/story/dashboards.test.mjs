// A dashboard, in the browser: all of its tiles obey one day and one segment, and what two
// people do to it at once meets without loss.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, open, picture } from '../lib/browser.mjs';
import { fits } from '../lib/checks.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const scope = { asOf: '2026-09-30', segment: { 'traits.locale': 'zh-TW' } };
const search = new URLSearchParams({ asOf: scope.asOf, segment: JSON.stringify(scope.segment) });

let browser;
let demo;

before(async () => {
  [browser, demo] = await Promise.all([launch(), start({ command: 'demo' })]);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const reader = async (size) => {
  const one = await open(browser, { url: demo.url, language: 'zh-Hant', ...size });
  one.page.setDefaultTimeout(60_000);
  return one;
};
const tile = (page, text) => page.locator('main section', { hasText: text }).last(); // a text before it may name it too

test('every tile obeys the day and the segment of the address, and its number opens to the same', async () => {
  const { page, clean } = await reader();
  await page.goto(`/dashboards/monday?${search}`);
  const ask = (question) => api(demo.url).post('/measure', { ...question, ...scope });
  const [table, journey, still] = await Promise.all([ask({ retentionId: 'supplies-again' }), ask({ journeyId: 'buyer-journey', breakdown: ['channel'] }), ask({ metricId: 'standing_still' })]);

  // The star is there long before its tree has been judged, and nobody waits for that.
  const names = ['茶葉回購', '全旅程', '放著沒用的茶機', '茶機訂單', '北極星'];
  for (const name of names) await tile(page, name).getByText(/截至 2026年9月30日 23:59/).waitFor();
  const back = tile(page, '茶葉回購');
  const counts = await back.locator('tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.querySelector('[data-cell] [aria-hidden]').textContent.replaceAll(',', ''))));
  assert.deepEqual(counts, table.rows.map((row) => row.counts[0]), 'cohorts of the segment');
  assert.ok((await tile(page, '全旅程').textContent()).includes(`n = ${journey.entered.toLocaleString('en')}`), 'those who entered');
  const last = still.periods.findLast(({ partial, value }) => !partial && value !== null);
  assert.ok((await tile(page, '放著沒用的茶機').textContent()).includes(`n = ${last.n}`), 'n of the metric');
  await picture(page, 'dashboard-as-of');

  await page.getByRole('link', { name: '放著沒用的茶機' }).click();
  await page.waitForURL((url) => url.pathname === '/metric/standing_still' && url.searchParams.get('asOf') === scope.asOf && url.searchParams.get('segment') === JSON.stringify(scope.segment));
  await page.getByText(`n = ${last.n}`).first().waitFor();
  await clean();
});

test('the day is chosen on the page, and on a phone too', async () => {
  const { page, clean } = await reader({ width: 390, height: 844 });
  await page.goto(`/dashboards/monday?${search}`);
  await page.getByText(/截至 2026年9月30日 23:59/).first().waitFor();
  await fits(page, 'dashboard on a phone');
  await page.getByRole('button', { name: new RegExp(w('board:filter.segment')) }).click();
  await page.getByRole('button', { name: w('board:filter.everyone') }).last().click();
  await page.waitForURL((url) => !url.searchParams.has('segment') && url.searchParams.get('asOf') === scope.asOf);
  await page.getByRole('button', { name: new RegExp(`^${w('board:filter.day')}`) }).click();
  const day = page.getByRole('textbox', { name: w('board:filter.day') });
  await day.fill('2026-08-31');
  await day.press('Enter');
  await page.waitForURL(/asOf=2026-08-31/);
  await page.getByText(/截至 2026年8月31日 23:59/).first().waitFor();
  await clean();
});

test('two who arrange it at once see each other’s changes, and both are kept', async () => {
  const [mine, theirs] = [await reader(), await reader()];
  const grip = (page, name) => page.getByRole('button', { name: w('dashboards:edit.grip', { name }) });
  const save = async (page) => {
    await page.getByRole('button', { name: spaced(w('dashboards:header.save')) }).click();
    await page.getByRole('dialog').getByRole('button', { name: spaced(w('dashboards:header.save')) }).click();
  };
  for (const { page } of [mine, theirs]) await page.goto('/dashboards/monday?edit=1');
  await grip(mine.page, '茶葉回購').focus();
  await mine.page.keyboard.press('Delete');
  await grip(theirs.page, '茶機訂單').focus();
  await theirs.page.keyboard.press('Delete');
  await save(theirs.page);
  await theirs.page.getByText(w('dashboards:save.done', { version: 2 })).waitFor();

  await save(mine.page);
  const dialog = mine.page.getByRole('dialog').filter({ hasText: w('shell:overtaken.myChanges') });
  await dialog.waitFor();
  const said = (heading) => dialog.locator('section', { has: mine.page.getByRole('heading', { name: heading }) }).getByRole('listitem').allTextContents();
  assert.deepEqual(await said(w('shell:overtaken.theirChanges', { author: '林怡君' })), [w('dashboards:reason.removed', { name: '茶機訂單' })]);
  assert.deepEqual(await said(w('shell:overtaken.myChanges')), [w('dashboards:reason.removed', { name: '茶葉回購' })]);
  await picture(mine.page, 'dashboard-overtaken');
  await dialog.getByRole('button', { name: w('shell:overtaken.mine') }).click();
  await save(mine.page);
  await mine.page.getByText(w('dashboards:save.done', { version: 3 })).waitFor();
  const { body } = await api(demo.url).get('/definitions/Dashboard/monday');
  assert.deepEqual(body.tiles.map(({ id }) => id), ['agenda', 'star', 'still', 'buying']);
  await mine.clean();
  await theirs.clean();
});

/** A name as buttons have it: a space stands between its two characters. */
function spaced(name) {
  return new RegExp(`^${[...name].join('\\s?')}$`);
}

// Who comes back, in the browser: the numbers of the table are those of the
// engine, they follow an edit, a revision keeps it, and every cell opens.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, open } from '../lib/browser.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const table = '/journeys/retention/machines-in-use';

let browser;
let demo;
let stored; // the definition, as it stands in the ledger
let page;
let quiet;
let clean;

before(async () => {
  [browser, demo] = await Promise.all([launch(), start({ command: 'demo' })]);
  ({ body: stored } = await api(demo.url).get('/definitions/Retention/machines-in-use'));
  ({ page, quiet, clean } = await open(browser, { url: demo.url, language: 'zh-Hant' }));
  page.setDefaultTimeout(20_000);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const button = (key, values) => page.getByRole('button', { name: w(`retention:${key}`, values), exact: true });

/** The counts on the screen, row by row. */
const onScreen = () =>
  page.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll('[data-cell]')].map((cell) => Number((cell.querySelector('small') ?? cell.querySelector('[aria-hidden]')).textContent.replaceAll(',', '').replace('–', '0')))));

/** Waits until the table shows what the engine answers when asked without the screen. */
async function shows(question, what) {
  const { rows } = await api(demo.url).post('/measure', question);
  const wanted = rows.map((row) => row.counts);
  const deadline = Date.now() + 20_000;
  for (;;) {
    const shown = await onScreen();
    if (JSON.stringify(shown) === JSON.stringify(wanted)) return rows;
    if (Date.now() > deadline) assert.deepEqual(shown, wanted, what);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test('a table is found beside the journeys, and shows what the engine counts', async () => {
  await page.goto('/journeys');
  await page.getByRole('link', { name: stored.name['zh-Hant'] }).click();
  await page.waitForURL(`**${table}`);
  const rows = await shows({ retentionId: 'machines-in-use' }, 'the stored table');
  assert.ok(rows[0].counts[0] > 20 && rows[0].counts[1] > 0, 'there is something to see');
  await page.getByText(w('retention:finding.open')).waitFor();
  assert.ok((await page.locator('td[data-open="true"]').count()) > 0, 'some intervals are not over');
});

test('the numbers follow an edit, and saving makes a revision with its reason', async (t) => {
  const draft = { ...stored, cumulative: true };
  await page.getByRole('switch', { name: w('retention:rules.cumulative') }).click();
  const clicked = performance.now();
  await shows({ retention: draft }, 'cumulative');
  t.diagnostic(`from the click to the new numbers: ${Math.round(performance.now() - clicked)} ms (of which 250 ms wait for the hand to rest)`);

  await page.getByRole('button', { name: 'Brew Made' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /Brew Made/ }).click();
  await dialog.getByRole('combobox').first().fill('Supplies');
  await dialog.getByRole('option', { name: /Supplies Ordered/ }).click();
  await dialog.getByRole('button', { name: w('retention:rules.keep') }).click();
  await page.getByRole('spinbutton', { name: w('retention:rules.times') }).fill('1');
  const { minOccurrences: _, ...once } = draft; // what goes without saying is not written
  await shows({ retention: { ...once, return: { event: 'Supplies Ordered' } } }, 'another return, once');

  await button('header.save').click();
  await dialog.getByRole('textbox').fill('補茶葉才算真的在用');
  await dialog.getByRole('button', { name: w('retention:save.do') }).click();
  await page.getByText(w('retention:save.done', { version: 2 })).waitFor();
  const { items } = await api(demo.url).get('/definitions/Retention/machines-in-use/history');
  assert.deepEqual([items[0].version, items[0].reason, items[0].body.return, items[0].body.cumulative, 'minOccurrences' in items[0].body], [2, '補茶葉才算真的在用', { event: 'Supplies Ordered' }, true, false]);
  await shows({ retentionId: 'machines-in-use', version: 2 }, 'the saved table');
  await clean();
});

test('every cell opens to as many customers, with the mouse and with the keys, and the address shares it', async () => {
  await page.goto(table);
  const rows = await shows({ retentionId: 'machines-in-use' }, 'the table');
  assert.ok(rows[1].counts[1] > 0, 'the cell holds somebody');
  await page.locator('[data-cell="0+0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.locator('tbody tr').first().waitFor();
  await quiet();
  assert.equal(await dialog.locator('tbody tr').count(), Math.min(50, rows[1].counts[1]), 'as many as the cell says');
  assert.match(page.url(), /at=1\.1/);
  await page.reload();
  await dialog.locator('tbody tr').first().waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.doesNotMatch(page.url(), /at=/);
  await clean();
});

test('another first interval is part of the address, and a new table begins at once', async () => {
  await page.goto(`${table}?from=2026-01-15`);
  const rows = await shows({ retentionId: 'machines-in-use', from: '2026-01-15' }, 'from January');
  assert.match(rows[0].from, /^2026-01-01T00:00:00\+08:00$/);

  await page.goto('/journeys');
  await button('new.open').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(w('journeys:new.name')).fill('每週回來');
  await dialog.getByRole('button', { name: w('retention:new.do') }).click();
  await page.waitForURL('**/journeys/retention/retention');
  await shows({ retentionId: 'retention' }, 'any event, week by week');
  await clean();
});

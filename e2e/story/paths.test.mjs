// Paths in the flow view of the sample company: the screen says what the engine
// answers, every link opens to as many customers as it counts, and the address
// brings the same picture back.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accessible, launch, open, picture } from '../lib/browser.mjs';
import { fits, hanTexts, traditional, translated } from '../lib/checks.mjs';
import { looks } from '../lib/looks.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const flow = '/journeys/buyer-journey?view=flow';

let browser;
let demo;
before(async () => { [browser, demo] = await Promise.all([launch(), start({ command: 'demo' })]); });
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const chart = (page) => page.getByRole('img', { name: w('board:flow.chart') });

/** The links that the table shows: how many went from one node to another. */
const shown = (page) =>
  page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.querySelector('td[title]:has(button), td[title]:last-of-type')?.title.replaceAll(',', ''))));

test('before, between, after and all transitions are those of the engine, and open to their customers', async () => {
  const { page, quiet, clean } = await open(browser, { url: demo.url, language: 'zh-Hant' });
  await page.goto(flow);
  await quiet();
  for (const kind of ['before', 'between', 'after', 'transitions']) {
    await page.getByText(w(`paths:kind.${kind}`), { exact: true }).click();
    await page.waitForURL(new RegExp(`path=${kind}`));
    await quiet();
    await chart(page).locator('svg path').first().waitFor();
    const { searchParams } = new URL(page.url());
    const stage = (name) => ({ [name]: { stage: searchParams.get(name === 'anchor' ? 'anchor' : 'until') } });
    const answer = await api(demo.url).post('/paths', {
      kind, journeyId: 'buyer-journey', fold: true,
      ...(kind !== 'transitions' && { ...stage('anchor'), top: 6 }), ...(kind === 'between' && stage('until')),
    });
    const sorted = (list) => list.toSorted((a, b) => a - b);
    assert.deepEqual(sorted(await shown(page)), sorted(answer.links.map((link) => link.customers)), kind);
    assert.ok(answer.links.length > 1, `${kind} has links: ${page.url()}`);
  }
  const count = page.locator('tbody td button[aria-label]').first();
  const customers = (await count.getAttribute('aria-label')).match(/[\d,]+$/)[0];
  await count.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText(w('board:people.total_other', { shown: customers })).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // Pressed in the diagram, a node opens who passed it.
  const node = await chart(page).locator('svg path').evaluateAll((all) =>
    all.map((path) => path.getBoundingClientRect()).filter(({ width, height }) => width === 12 && height > 20).map(({ x, y, width, height }) => [x + width / 2, y + height / 2])[0]);
  await page.mouse.click(...node);
  await page.getByRole('dialog').locator('tbody tr').first().waitFor();
  await page.keyboard.press('Escape');

  const address = page.url();
  const before = await shown(page);
  await page.goto('/journeys');
  await page.goto(address);
  await quiet();
  assert.deepEqual(await shown(page), before, 'the address brings it back');
  clean();
  await page.context().close();
});

test('the paths can be read in every language, by night and on a phone', async (t) => {
  const shownAt = {
    before: '&path=before&anchor=order', between: '&path=between&anchor=lead&until=order', after: '&path=after&anchor=lead', transitions: '&path=transitions',
  };
  const texts = {};
  for (const [look, options] of Object.entries(looks)) {
    const { page, context, quiet, clean } = await open(browser, { url: demo.url, ...options });
    for (const [kind, search] of Object.entries(shownAt)) {
      await t.test(`${kind}, ${look}`, async () => {
        await page.goto(`${flow}${search}`);
        await quiet();
        await page.locator(look === 'phone' ? 'main ol li' : '[role="img"] svg path').first().waitFor();
        await picture(page, `paths-${kind}-${look}`, { fullPage: false });
        await accessible(page, kind);
        await translated(page, kind);
        await fits(page, kind);
        texts[`${kind}-${look}`] = await hanTexts(page);
      });
    }
    clean();
    await context.close();
  }
  for (const kind of Object.keys(shownAt)) assert.deepEqual(traditional(texts[`${kind}-hans`], texts[`${kind}-en`]), [], `${kind} in 简体`);
});

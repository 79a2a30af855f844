// A metric is the same number wherever a person reads it: on its page, in the list, in
// the tree, in the cockpit, and by the API.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, open } from '../lib/browser.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';

let browser, demo, page, quiet;
before(async () => {
  browser = await launch();
  demo = await start({ command: 'demo' });
  ({ page, quiet } = await open(browser, { url: demo.url, language: 'zh-Hant' }));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const settled = (periods) => periods.findLast((period) => !period.partial);

test('the star is one number on every screen', async () => {
  const star = 'weekly_machines';
  const { value, n } = settled((await api(demo.url).post('/measure', { metricId: star })).periods);
  const tree = await api(demo.url).get('/trees/company/measure');
  const node = tree.nodes.find(({ metric }) => metric === star);
  assert.deepEqual([node.value.value, node.value.n], [value, n], 'in the tree');

  const told = value.toLocaleString('en');
  const shows = async (address, where) => {
    await page.goto(address);
    await quiet();
    const text = (await where(page).first().innerText()).replace(/\s+/g, ' ');
    assert.ok(text.includes(told), `${address}: "${told}" in: ${text}`);
  };
  await shows(`/metric/${star}`, (on) => on.locator('main p', { hasText: 'n = ' }));
  await shows('/metric', (on) => on.locator('main li', { has: on.locator(`a[href^="/metric/${star}"]`) }));
  await shows('/trees/company', (on) => on.locator(`[data-card="${star}"]`));
  await shows('/trees/company?view=table', (on) => on.locator('main tr', { hasText: '每週在泡的茶機' }));
  await shows('/trees/company?view=star', (on) => on.locator('main p', { hasText: 'n = ' }));
  await shows('/cockpit', (on) => on.locator('main section', { hasText: '北極星' }));
});

test('what is planted is told: the guardrail that is broken, the numbers that flatter', async () => {
  await page.goto('/cockpit');
  await quiet();
  const text = await page.locator('main').innerText();
  for (const part of ['放著沒用的茶機', '護欄破了', '註冊用戶', '虛榮']) assert.ok(text.includes(part), `"${part}" in the cockpit`);
  await page.getByRole('link', { name: '註冊用戶' }).first().click();
  await page.waitForURL(/metric=registered_users/);
  await page.locator('aside').getByText('註冊用戶是虛榮指標').waitFor();
});

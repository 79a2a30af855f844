// The board of the sample company: every way of drawing moves what it should,
// and the numbers on the screen are those of the measure engine.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { boardOn, moved } from '../lib/board.mjs';
import { launch, open } from '../lib/browser.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const board = '/journeys/buyer-journey';

let browser;
let demo;
let stored; // the definition, as it stands in the ledger
let page;
let quiet;
let clean;
let spot, order, onScreen, measured, shows;

before(async () => {
  [browser, demo] = await Promise.all([launch(), start({ command: 'demo' })]);
  ({ body: stored } = await api(demo.url).get('/definitions/Journey/buyer-journey'));
  ({ page, quiet, clean } = await open(browser, { url: demo.url, language: 'zh-Hant' }));
  page.setDefaultTimeout(20_000);
  ({ spot, order, onScreen, measured, shows } = boardOn(page, demo.url));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test('dragging, the menu and the keyboard each move a step, and the numbers follow; all of it is undone and redone', async (t) => {
  await page.goto(`${board}?edit=1`);
  const atFirst = await measured({ journeyId: 'buyer-journey' });
  await shows(atFirst, 'the stored journey');

  const byDrag = moved(stored, 'tasting', 'quote', 1);
  const wanted = await measured({ journey: byDrag });
  assert.notEqual(wanted['quote/quoted'], atFirst['quote/quoted'], 'the move changes a number');
  // By hand, so that the clock starts at the drop.
  await spot('taste/tasting').hover({ position: { x: 60, y: 60 } });
  await page.mouse.down();
  const target = await spot('quote/quoted').boundingBox();
  await page.mouse.move(target.x + 60, target.y + target.height - 24, { steps: 4 });
  await page.mouse.move(target.x + 60, target.y + target.height - 12, { steps: 4 });
  await page.mouse.up();
  const dropped = performance.now();
  await shows(wanted, 'after the drag');
  t.diagnostic(`from the drop to the new numbers: ${Math.round(performance.now() - dropped)} ms`);
  assert.ok((await order()).join().includes('quote/quoted,quote/tasting,quote/discussed'));

  await spot('quote/discussed').getByRole('button', { name: new RegExp(w('board:menu.title', { name: '.*' })) }).click();
  await page.getByRole('menuitem', { name: w('board:menu.to-stage') }).hover();
  await page.getByRole('menuitem', { name: '下單' }).click();
  const byMenu = moved(byDrag, 'discussed', 'order', 1);
  await spot('order/discussed').waitFor();
  await shows(await measured({ journey: byMenu }), 'after the menu');

  await spot('survey/surveyed').locator('[data-spot-focus]').focus();
  await page.keyboard.press('Shift+L');
  const byKeyboard = moved(byMenu, 'surveyed', 'quote', 0);
  await spot('quote/surveyed').waitFor();
  await shows(await measured({ journey: { ...byKeyboard, stages: byKeyboard.stages.filter((stage) => stage.steps.length > 0) } }), 'after the keyboard');
  await page.waitForFunction(() => document.activeElement?.closest('[data-spot]')?.dataset.spot === 'quote/surveyed', null, { timeout: 5000 });

  const last = await order();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Z');
  await spot('taste/tasting').waitFor();
  await shows(atFirst, 'after undoing all');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Shift+Z');
  await spot('quote/surveyed').waitFor();
  assert.deepEqual(await order(), last, 'redone');
  for (let i = 0; i < 3; i++) await page.getByRole('button', { name: w('board:header.undo') }).click();
  await shows(atFirst, 'after undoing all by mouse');
});

test('the table is the twin of the board', async () => {
  await page.goto(board);
  await quiet();
  const cards = await onScreen();
  await page.keyboard.press('t');
  await page.waitForURL(/view=table/);
  for (const [at, n] of Object.entries(cards)) {
    const row = page.locator(`tr[data-spot="${at}"]`);
    if (n === null) assert.match(await row.innerText(), new RegExp(w('board:step.unmeasured')), at);
    else assert.equal(await row.locator('td').first().locator('[title]').getAttribute('title'), n.toLocaleString('en'), at);
  }
  await page.keyboard.press('t');
  await page.locator('article[data-spot]').first().waitFor();
  assert.doesNotMatch(page.url(), /view=/);
});

test('the flow shows what really happened, and its table the same numbers', async () => {
  await page.goto(board);
  await quiet();
  await page.getByRole('radio', { name: w('board:view.flow') }).locator('..').click();
  await page.waitForURL(/view=flow/);
  await quiet();
  await page.locator('svg path').first().waitFor();
  const flow = await api(demo.url).post('/measure/flow', { journeyId: 'buyer-journey' });
  const shown = (await page.locator('tbody tr td:nth-child(3)').evaluateAll((all) => all.map((cell) => Number((cell.title || cell.textContent).replaceAll(',', ''))))).filter(Number.isFinite);
  const all = flow.links.map((link) => link.customers);
  assert.ok(shown.length > 0, 'the table has rows');
  assert.deepEqual(shown.toSorted((a, b) => a - b), all.toSorted((a, b) => a - b));
});

test('the filter bar changes the address, and the numbers are those of the question it asks', async () => {
  await page.goto(board);
  await quiet();
  const chip = (name) => page.getByRole('button', { name: new RegExp(`^${name}`) });
  await chip(w('board:filter.window')).click();
  await page.getByRole('button', { name: w('board:span.d_other', { count: 30 }), exact: true }).click();
  await page.waitForURL(/window=30d/);
  await shows(await measured({ journey: { ...stored, window: '30d' } }), 'with another window');

  await chip(w('board:filter.period')).click();
  await page.getByRole('button', { name: w('board:period.180d') }).click();
  await page.waitForURL(/from=/);
  const { searchParams } = new URL(page.url());
  const [from, to] = ['from', 'to'].map((end) => searchParams.get(end) ?? undefined);
  await shows(await measured({ journey: { ...stored, window: '30d' }, from, to }), 'in a period');

  await chip(w('board:filter.segment')).click();
  const choices = page.locator('.ant-popover:visible');
  await choices.getByRole('button', { name: new RegExp(w('board:where.add')) }).click();
  const { items: traits } = await api(demo.url).get('/traits?of=account');
  const trait = traits.find((each) => each.key.endsWith('industry'));
  await choices.getByRole('combobox', { name: w('board:where.key') }).click();
  await page.keyboard.type(trait.key);
  await page.keyboard.press('Enter');
  await choices.getByRole('combobox', { name: w('board:where.value') }).fill('retail');
  await choices.getByRole('button', { name: w('board:filter.apply') }).click();
  await page.waitForURL(/segment=/);
  await shows(await measured({ journey: { ...stored, window: '30d' }, from, to, segment: { [trait.key]: 'retail' } }), 'for a segment');

  const address = page.url();
  await page.goto(board);
  await shows(await measured({ journeyId: 'buyer-journey' }), 'without filters');
  await page.goto(address);
  await shows(await measured({ journey: { ...stored, window: '30d' }, from, to, segment: { [trait.key]: 'retail' } }), 'from the address alone');
});

test('the sentence on top names the leak that was planted, with its numbers and the way to the evidence', async () => {
  await page.goto(board);
  await quiet();
  const { stages, breakdown } = await api(demo.url).post('/measure', { journeyId: 'buyer-journey', breakdown: ['channel'] });
  const lead = stages.find((stage) => stage.id === 'lead');
  // internal/demo/plan.go: of those who come by social, the fewest become a lead.
  const social = breakdown.find((row) => row.value === 'social').stages.find((stage) => stage.id === 'lead');
  const percent = (rate) => rate.toLocaleString('en', { style: 'percent', minimumFractionDigits: 1 });
  const sentence = await page.locator('main p', { hasText: '✦' }).or(page.locator('main p:has(b)')).first().innerText();
  for (const part of ['到訪 → 留資料', lead.reached.toLocaleString('en'), percent(lead.ofPrevious.rate), lead.left.n.toLocaleString('en'), 'social', percent(social.ofPrevious.rate)]) {
    assert.ok(sentence.includes(part), `"${part}" in: ${sentence}`);
  }
  await page.getByRole('button', { name: new RegExp(w('board:sentence.evidence')) }).click();
  await page.waitForURL(/at=lead/);
  await page.locator('aside').getByRole('heading', { level: 2 }).waitFor();
});

test('the sentence of the machines names the leak that was planted there', async () => {
  await page.goto('/journeys/machine-life');
  await quiet();
  // internal/demo/plan.go: machines of shops stand unused.
  await page.locator('main p', { hasText: '交機 → 第一杯' }).waitFor();
});

test('every count of a drawer and its list of people agree', async () => {
  for (const at of ['lead/captured', 'taste', 'order/ordered']) {
    await page.goto(`${board}?at=${at}`);
    await quiet();
    const counts = page.locator('aside dl button');
    assert.ok((await counts.count()) >= 2, `${at} counts those who reached it and those who left`);
    for (const count of await counts.all()) {
      const people = (await count.innerText()).replace(/\D/g, '');
      await count.click();
      const dialog = page.getByRole('dialog');
      await dialog.locator('tbody tr').first().waitFor();
      assert.equal((await dialog.locator('b').first().innerText()).replace(/\D/g, ''), people, at);
      assert.equal(await dialog.locator('tbody tr').count(), Math.min(50, Number(people)), at);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    }
  }
});

test('no error was shown on the way', () => clean());

// The numbers of the tree, wherever a person reads them.
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

test('a tree is drawn: a target is divided, given to an objective and saved, and the server tells of it what the screen told', async () => {
  const { body: before } = await api(demo.url).get('/definitions/Tree/company');
  const target = before.targets.find(({ metric }) => metric === 'orders');
  await page.goto('/trees/company?edit=1&metric=orders');
  await quiet();
  const drawer = page.locator('aside');
  const parts = drawer.getByRole('group', { name: w('tree:edit.parts') });
  const sum = () => parts.getByRole('status').innerText();
  const told = (key, value) => w(`tree:parts.${key}`, { value: `${value} 筆訂單` });
  assert.ok((await sum()).includes(told('left', 24)), await sum()); // 80 % and 15 % of 480

  const nameOf = (id) => before.objectives.find((objective) => objective.id === id).name['zh-Hant'];
  const share = parts.getByRole('spinbutton', { name: w('tree:edit.partOf', { name: nameOf('recommend') }) });
  await share.fill('25');
  assert.ok((await sum()).includes(told('over', 24)), await sum()); // nothing was written yet
  await share.fill('10');
  await share.press('Enter');
  await parts.getByRole('combobox', { name: w('tree:edit.addPart') }).click();
  await page.locator('.ant-select-item-option', { hasText: nameOf('use') }).click();
  const rest = parts.getByRole('spinbutton', { name: w('tree:edit.partOf', { name: nameOf('use') }) });
  assert.equal(await rest.inputValue(), '10', 'it is asked for what was left');
  assert.ok((await sum()).includes(w('tree:parts.even')), await sum());
  await page.getByRole('button', { name: w('tree:header.undo') }).click();
  assert.equal(await rest.count(), 0, 'undone');
  await page.getByRole('button', { name: w('tree:header.redo') }).click();
  assert.equal(await rest.inputValue(), '10', 'and done again');

  await drawer.getByRole('combobox', { name: w('tree:edit.whose') }).click();
  await page.locator('.ant-select-item-option', { hasText: nameOf('buy') }).last().click();
  await quiet();
  await page.getByRole('button', { name: w('tree:edit.save') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('每一台都有人負責');
  await dialog.getByRole('button', { name: w('tree:edit.save') }).click();
  await dialog.waitFor({ state: 'hidden' });

  const { version, body } = await api(demo.url).get('/definitions/Tree/company');
  assert.equal(version, 3);
  const wanted = { ...target, parts: [{ objective: 'buy', share: 0.8 }, { objective: 'recommend', share: 0.1 }, { objective: 'use', share: 0.1 }] };
  assert.deepEqual(body.objectives.find(({ id }) => id === 'buy').targets, [wanted]);
  assert.ok(!body.targets.some(({ metric }) => metric === 'orders'), 'it is no longer one of the tree');
  const { objectives } = await api(demo.url).get('/trees/company/measure');
  const [standing] = objectives.find(({ id }) => id === 'buy').targets;
  assert.deepEqual([standing.partsSum, standing.partsLeft], [480, 0]);
});

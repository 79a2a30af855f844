// The whole story, from the first start to a customer's timeline, as the people
// of a company live it: in one browser, with mouse and keyboard.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test as chapter } from 'node:test';
import { promisify } from 'node:util';
import assert from 'node:assert/strict';
import { launch, open } from '../lib/browser.mjs';
import { program, root, start } from '../lib/server.mjs';
import { openShop, visit } from '../lib/site.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const password = 'the mountain keeps its tea';
const journey = '/journeys/buying-tea';

let browser;
let server;
let shop;
let page;
let quiet;
let clean;
let key; // the write key, as the screen showed it
const sent = []; // messages of the shop

before(async () => {
  [browser, server, shop] = await Promise.all([launch(), start(), openShop()]);
  ({ page, quiet, clean } = await open(browser, { url: server.url }));
  page.setDefaultTimeout(20_000);
});
after(async () => {
  await browser?.close();
  shop?.close();
  await server?.stop();
});

let told = true;
/** A chapter of the story: one that fails ends it. */
function test(name, tell) {
  chapter(name, async (t) => {
    assert.ok(told, 'an earlier chapter failed');
    told = false;
    try {
      await tell(t);
      told = true;
    } finally {
      if (!told) await page.screenshot({ path: join(root, 'e2e/out/story-failed.png') });
    }
  });
}

/** A button by its words, whatever icon stands before them. */
const button = (name, within = page) => within.getByRole('button', { name: new RegExp(`^(\\w+ )?${name}$`) });
const dialog = () => page.getByRole('dialog');
/** A stage ("tasted") or a step of it ("tasted/drank") on the board. */
const spot = (id) => page.locator(`[data-spot="${id}"]`);
const stageNames = () => page.locator('[data-spot]:not([data-spot*="/"])');
/** The large number of a step's card. */
const number = (id) => spot(id).locator('[data-full]').first();

/** Types a name into the field that is open on the board, and waits for the focus to come back to what it names. */
async function call(name) {
  await page.waitForFunction(() => document.activeElement?.matches('[data-spot] input'));
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.matches('[data-spot-focus]'));
}

/** Where something lies that opens, in every frame until it is open: "x,y,width,height". Runs inside the page. */
function placesWhileOpening(selector) {
  return new Promise((done) => {
    const places = new Set();
    const look = () => {
      const opening = document.querySelector(selector);
      if (opening !== null) {
        const { x, y, width, height } = opening.getBoundingClientRect();
        places.add([x, y, width, height].join());
        if (!opening.closest('[class*="-appear"], [class*="-enter"]')) return done([...places]);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Waits until a text is what it should be; says what it is instead. */
async function reads(locator, wanted, what) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const text = (await locator.allInnerTexts()).map((each) => each.trim()).join(' | ');
    if (typeof wanted === 'string' ? text === wanted : wanted.test(text)) return;
    assert.ok(Date.now() < deadline, `${what}: "${text}" instead of ${wanted}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test('a stranger is told of the set-up link and shown nothing else', async () => {
  await page.goto('/customers');
  await page.waitForURL('**/setup');
  await reads(page.getByRole('heading', { level: 1 }), w('session:setUp.title'), 'title');
});

test('whoever holds the link sets the workspace up', async () => {
  assert.ok(server.setup, `a set-up link is printed:\n${server.output()}`);
  await page.goto(server.setup);
  await page.getByLabel(w('session:setUp.workspace')).fill('沁山');
  await page.getByLabel(w('session:name')).fill('林怡君');
  await page.getByLabel(w('session:email')).fill('lin@example.com');
  await page.getByLabel(w('session:newPassword'), { exact: true }).fill(password);
  await page.getByLabel(w('session:passwordAgain')).fill(password);
  await button(w('session:setUp.do')).click();
  await page.waitForURL('**/journeys');
  await reads(page.getByRole('heading', { level: 2 }), w('journeys:empty.title'), 'what an empty workspace says');
});

test('the link works once', async () => {
  const stranger = await open(browser, { url: server.url });
  await stranger.page.goto(server.setup);
  await stranger.page.getByLabel(w('session:setUp.workspace')).fill('別人');
  await stranger.page.getByLabel(w('session:name')).fill('別人');
  await stranger.page.getByLabel(w('session:email')).fill('other@example.com');
  await stranger.page.getByLabel(w('session:newPassword'), { exact: true }).fill(password);
  await stranger.page.getByLabel(w('session:passwordAgain')).fill(password);
  await stranger.page.getByRole('button', { name: w('session:setUp.do') }).click();
  await stranger.page.getByRole('alert').waitFor();
  assert.match(stranger.page.url(), /\/setup/);
  await stranger.context.close();
});

test('signing out ends the session; only the right password opens another', async () => {
  await button(w('shell:memberMenu', { name: '林怡君' })).click();
  await page.getByRole('menuitem', { name: w('shell:signOut') }).click();
  await button(w('shell:signOut'), dialog()).click();
  await page.waitForURL('**/signin');
  await page.goto('/customers');
  await page.waitForURL('**/signin?*');

  const signIn = async (given) => {
    await page.getByLabel(w('session:email')).fill('lin@example.com');
    await page.getByLabel(w('session:password')).fill(given);
    await page.keyboard.press('Enter');
  };
  await signIn(`${password}!`);
  await page.getByRole('alert').waitFor();
  assert.match(page.url(), /\/signin/);
  await signIn(password);
  await page.waitForURL('**/customers');
});

test('a write key is made in the settings and shown once', async () => {
  await page.getByRole('link', { name: w('shell:areas.settings') }).click();
  await page.getByRole('link', { name: w('settings:section.keys') }).click();
  await button(w('settings:keys.new.open')).click();
  await dialog().getByLabel(w('settings:keys.new.name')).fill('網站');
  await button(w('settings:keys.new.do'), dialog()).click();
  key = (await page.getByRole('status', { name: w('settings:keys.new.secret') }).innerText()).trim();
  assert.ok(key.length > 20, key);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  await page.reload();
  await page.getByText('網站').first().waitFor();
  assert.ok(!(await page.content()).includes(key), 'the key is not shown again');
});

test('the browser SDK sends from a shop of another origin', async () => {
  const buyers = [
    { id: 'u-chen', name: '陳建宏', plan: 'yearly', drinks: true, buys: true },
    { id: 'u-wu', name: '吳雅婷', plan: 'monthly', drinks: true, buys: true },
    { id: 'u-ho', name: '何志明', drinks: true },
    { id: 'u-su', name: '蘇美玲' },
  ];
  for (const given of buyers) {
    sent.push(...(await visit(browser, {
      shop: shop.url, url: server.url, key, given,
      story: async ({ id, name, plan, drinks, buys }) => {
        const { client } = window;
        await client.track('Tea Seen'); // before anybody knows who it is
        await client.identify(id, { name });
        if (drinks) await client.track('Tea Tasted', { tea: '紅玉' });
        if (buys) await client.track('Tea Bought', { plan, value: 1200, currency: 'TWD' });
      },
    })));
  }
  assert.equal(sent.length, 4 * 2 + 3 + 2);
});

test('a new journey opens for drawing', async () => {
  await page.getByRole('link', { name: w('shell:areas.journeys') }).click();
  await button(w('journeys:new.open')).click();
  await dialog().getByLabel(w('journeys:new.name')).fill('買茶');
  await dialog().getByLabel(w('journeys:new.id')).fill('buying-tea');
  await button(w('journeys:new.do'), dialog()).click();
  await page.waitForURL(`**${journey}?*edit=1*`);
  await reads(stageNames().first(), new RegExp(w('journeys:new.firstStage')), 'the first stage');
});

test('stages and steps are drawn by keyboard, by mouse and by menu', async () => {
  // By keyboard: F2 names what has the focus.
  await spot('stage-1').locator('[data-spot-focus]').focus();
  await page.keyboard.press('F2');
  await call('看見');
  await reads(spot('stage-1').locator('[data-spot-focus]'), '看見', 'the stage renamed');
  // By keyboard: N is a new stage behind it, its name open for typing.
  await page.keyboard.press('Shift+N');
  await call('買下');
  // By mouse: the plus behind the last stage.
  await page.getByRole('button', { name: w('board:new.addStage') }).click();
  await call('喝過');
  await reads(stageNames().locator('[data-spot-focus]'), '看見 | 買下 | 喝過', 'stages');

  // By menu: a new step, and another name for an old one.
  const menu = async (of, item) => {
    await spot(of).getByRole('button', { name: new RegExp(w('board:menu.title', { name: '.*' })) }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const [, bought, tasted] = await stageNames().evaluateAll((all) => all.map((each) => each.dataset.spot));
  await menu(bought, w('board:menu.new-step'));
  await call('退貨');
  const steps = page.locator(`[data-spot^="${bought}/"]`);
  await reads(steps.getByRole('heading'), `${w('board:new.step')} | 退貨`, 'steps');
  await menu(await steps.nth(1).getAttribute('data-spot'), w('board:menu.delete'));
  await reads(steps.getByRole('heading'), w('board:new.step'), 'the step deleted');

  // By drag: the last stage belongs in the middle.
  await spot(tasted).dragTo(spot(bought), { targetPosition: { x: 8, y: 12 } });
  await reads(stageNames().locator('[data-spot-focus]'), '看見 | 喝過 | 買下', 'stages after the drag');
});

test('the binding dialog offers the events really seen, and answers while one chooses', async () => {
  const stages = await stageNames().evaluateAll((all) => all.map((each) => each.dataset.spot));
  const step = async (at) => page.locator(`[data-spot^="${stages[at]}/"]`).first().getAttribute('data-spot');
  const preview = dialog().locator('[aria-live="polite"] [data-full]');

  // By mouse.
  await button(w('board:step.bind'), spot(await step(0))).click();
  await reads(dialog().getByRole('option', { name: /^Tea / }).locator('code'), /^(?=.*Tea Seen)(?=.*Tea Tasted)(?=.*Tea Bought)/, 'events seen');
  await dialog().getByRole('option', { name: /Tea Seen/ }).click();
  await reads(preview, '4', 'the number of the choice');
  await button(w('board:bind.keep'), dialog()).click();
  await reads(number(await step(0)), '4', 'the number on the card');

  // By keyboard.
  await spot(await step(1)).locator('[data-spot-focus]').focus();
  await page.keyboard.press('b');
  await dialog().getByRole('combobox').waitFor();
  await page.keyboard.type('tasted');
  await page.keyboard.press('Enter');
  await reads(preview, '3', 'the number of the choice');
  await button(w('board:bind.keep'), dialog()).focus();
  await page.keyboard.press('Enter');
  await reads(number(await step(1)), '3', 'the number on the card');

  // By menu, and narrowed by a property that was seen.
  await spot(await step(2)).click({ button: 'right' });
  await page.getByRole('menuitem', { name: w('board:menu.bind') }).click();
  await dialog().getByRole('option', { name: /Tea Bought/ }).click();
  await reads(preview, '2', 'the number of the choice');
  await button(w('board:where.add'), dialog()).click();
  await dialog().getByRole('combobox', { name: w('board:where.key') }).click();
  await page.keyboard.type('plan');
  await page.locator('.ant-select-item-option', { hasText: 'properties.plan' }).waitFor();
  await page.keyboard.press('Enter');
  await dialog().getByRole('combobox', { name: w('board:where.value') }).fill('yearly');
  await reads(preview, '1', 'the number of the narrowed choice');
  await button(w('board:bind.keep'), dialog()).click();
  await reads(number(await step(2)), '1', 'the number on the card');
});

test('what opens lies in its place from its first frame on, so that what is pressed in it is what is let go of', async () => {
  const opens = async (selector, click) => {
    const places = page.evaluate(placesWhileOpening, selector);
    await click();
    assert.equal((await places).length, 1, `${selector}: ${(await places).join(' | ')}`);
  };
  for (const reducedMotion of ['no-preference', 'reduce']) {
    await page.emulateMedia({ reducedMotion });
    await opens('[role="menuitem"]', () => page.locator('article[data-spot]').first().click({ button: 'right' }));
    await opens('[role="dialog"] ol', () => page.getByRole('menuitem', { name: w('board:menu.bind') }).click());
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    const chip = page.getByRole('button', { name: new RegExp(`^${w('board:filter.window')}`) });
    await opens('[role="tooltip"] button', () => chip.click());
    await chip.click();
    await page.getByRole('tooltip').waitFor({ state: 'hidden' });
  }
});

test('saving asks for a reason, and what is saved is approved with one', async () => {
  await button(w('board:header.save')).click();
  const save = button(w('board:header.save'), dialog());
  assert.ok(await save.isDisabled(), 'no reason, no saving');
  await dialog().getByLabel(w('shell:reason')).fill('第一次畫出買茶的路');
  await save.click();
  await dialog().waitFor({ state: 'hidden' });
  await reads(page.locator('header').first(), new RegExp(`${w('shell:status.proposed')}[^]*第 2 版`), 'the head of the board');

  await button(w('board:header.approve')).click();
  await dialog().getByLabel(w('shell:reason')).fill('業務與門市都同意');
  await button(w('board:header.approve'), dialog()).click();
  await reads(page.locator('header').first(), new RegExp(w('shell:status.approved')), 'the head of the board');
  await button(w('board:header.read')).click();
});

test('a number opens to its customers, as many as it says, and each to the events that were counted', async () => {
  const tasted = await page.locator('article[data-spot]').nth(1).getAttribute('data-spot');
  await spot(tasted).locator('[data-spot-focus]').click();
  const drawer = page.locator('aside');
  await drawer.getByRole('button', { name: w('board:drawer.people_other', { shown: 3 }) }).first().click();
  await reads(dialog().getByText(w('board:people.total_other', { shown: 3 })), w('board:people.total_other', { shown: 3 }), 'the total of the list');
  assert.equal(await dialog().locator('tbody tr').count(), 3);
  await dialog().getByRole('link', { name: '陳建宏' }).click();
  await page.waitForURL('**/customers/u-chen?*');
  await reads(page.getByRole('heading', { level: 1 }), '陳建宏', 'whose page it is');
  await reads(page.locator('[data-counted="true"] button'), 'Tea Bought | Tea Tasted | Tea Seen', 'the events counted');
  assert.equal(await page.getByRole('feed').getByRole('article').count(), 4, 'the identify is on the timeline, and not counted');
  await page.goBack();
  await page.waitForURL(`**${journey}*`);
});

test('the command line gives the numbers of the screen for the same events', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beichen-measure-'));
  const definition = await page.evaluate(async () => (await fetch('/api/v1/definitions/Journey/buying-tea')).json());
  await writeFile(join(folder, 'journey.json'), JSON.stringify(definition.body));
  await writeFile(join(folder, 'events.jsonl'), sent.map((message) => JSON.stringify(message)).join('\n'));
  const { stdout } = await promisify(execFile)(program, ['measure', join(folder, 'journey.json'), '--events', join(folder, 'events.jsonl'), '--json']);
  await rm(folder, { recursive: true });
  const onScreen = await page.locator('article[data-spot] [data-full]').evaluateAll((all) => all.map((each) => Number(each.dataset.full)));
  assert.deepEqual(JSON.parse(stdout).stages.map((stage) => stage.reached), onScreen);
});

test('the history keeps every revision with its reason, and an old one is restored', async () => {
  await button(w('board:header.draw')).click();
  await stageNames().first().locator('[data-spot-focus]').dblclick();
  await call('遇見');
  await button(w('board:header.save')).click();
  await dialog().getByLabel(w('shell:reason')).fill('看見不如遇見');
  await button(w('board:header.save'), dialog()).click();
  await reads(page.locator('header').first(), new RegExp(`${w('shell:status.proposed')}[^]*第 3 版`), 'edited, it is proposed again');
  await button(w('board:header.read')).click();

  await page.getByRole('link', { name: w('board:header.versions') }).click();
  await page.waitForURL('**/ledger/Journey/buying-tea');
  const revisions = page.locator('ol > li');
  await reads(revisions.nth(0), /第 3 版[^]*看見不如遇見/, 'the newest revision');
  await reads(revisions.nth(1), /第 2 版[^]*第一次畫出買茶的路[^]*業務與門市都同意/, 'the one before, with its approval');
  await reads(page.locator('main').getByRole('deletion'), '看見', 'what it was');
  await reads(page.locator('main').getByRole('insertion'), '遇見', 'what it became');

  await button(`${w('ledger:restore.open')} ${w('shell:version', { version: 2 })}`).click();
  await dialog().getByLabel(w('shell:reason')).fill('大家還是說看見');
  await button(w('ledger:restore.do'), dialog()).click();
  await reads(revisions.nth(0), new RegExp(`第 4 版[^]*大家還是說看見[^]*${w('ledger:history.restoredFrom', { version: 2 })}`), 'the restored one');
  await page.getByRole('link', { name: w('ledger:openBoard') }).click();
  await reads(stageNames().first().locator('[data-spot-focus]'), '看見', 'the stage has its old name');
});

test('one click changes the language of everything, and the choice stays', async () => {
  const languages = page.getByRole('group', { name: w('shell:language') });
  await languages.getByRole('button').nth(2).click();
  await button(words('en')('board:header.draw')).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await page.reload();
  await button(words('en')('board:header.draw')).waitFor();
  await page.getByRole('group', { name: words('en')('shell:language') }).getByRole('button').nth(1).click();
  await button(words('zh-Hans')('board:header.draw')).waitFor();
  await page.getByRole('group', { name: words('zh-Hans')('shell:language') }).getByRole('button').nth(0).click();
  await button(w('board:header.draw')).waitFor();
});

test('an event that cannot be taken waits with its reason, is mended, replayed and counted', async () => {
  const answer = await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa(`${key}:`)}` },
    body: JSON.stringify({ type: 'track', event: 'Tea Seen', userId: ['u-late'], messageId: 'late-1', timestamp: new Date().toISOString() }),
  });
  assert.deepEqual(await answer.json(), { success: true, stored: 0, duplicate: 0, quarantined: 1 });

  await page.getByRole('link', { name: w('shell:areas.quarantine') }).click();
  const entries = page.getByRole('list', { name: w('quarantine:entries') }).getByRole('listitem');
  await reads(entries, /Tea Seen[^]*userId/, 'the event with its reason');
  await entries.getByRole('button', { name: 'Tea Seen' }).click();
  await button(w('quarantine:edit.open'), dialog()).click();
  const editor = dialog().getByLabel(w('quarantine:edit.label'));
  await editor.fill((await editor.inputValue()).replace(/\[\s*"u-late"\s*\]/, '"u-late"'));
  await button(w('quarantine:edit.do'), dialog()).click();
  await reads(page.getByRole('heading', { level: 2 }), w('quarantine:empty.open.title'), 'what is left');

  await page.goto(journey);
  await reads(number(await page.locator('article[data-spot]').first().getAttribute('data-spot')), '5', 'the number after the replay');
});

test('a viewer sees the numbers, and nobody’s personal data', async () => {
  await page.goto('/settings/members');
  await button(w('settings:members.invite.open')).click();
  await dialog().getByLabel(w('settings:members.invite.name')).fill('黃看看');
  await dialog().getByLabel(w('session:email')).fill('viewer@example.com');
  await button(w('settings:members.invite.do'), dialog()).click();
  const link = (await page.getByRole('status', { name: w('settings:members.invite.link') }).innerText()).trim();

  const viewer = await open(browser, { url: server.url });
  await viewer.page.goto(link);
  await viewer.page.getByLabel(w('session:name')).fill('黃看看');
  await viewer.page.getByLabel(w('session:newPassword'), { exact: true }).fill(password);
  await viewer.page.getByLabel(w('session:passwordAgain')).fill(password);
  await viewer.page.getByRole('button', { name: w('session:invite.do') }).click();
  await viewer.page.waitForURL('**/journeys');
  await viewer.page.goto(journey);
  await viewer.page.locator('article[data-spot] [data-full="5"]').first().waitFor();
  assert.equal(await viewer.page.getByRole('button', { name: w('board:header.draw') }).count(), 0, 'a viewer does not draw');
  await viewer.page.locator('article[data-spot] [data-spot-focus]').first().click();
  for (const address of [`${journey}?at=${new URL(viewer.page.url()).searchParams.get('at') ?? ''}`, '/customers', '/customers/u-chen', '/quarantine']) {
    await viewer.page.goto(address);
    await viewer.quiet();
    assert.doesNotMatch(await viewer.page.locator('body').innerText(), /陳建宏|吳雅婷|何志明|蘇美玲/, address);
  }
  await viewer.page.goto('/customers');
  await viewer.page.getByText(w('shell:states.denied.title')).waitFor();
  await viewer.clean();
  await viewer.context.close();
});

test('an address holds the filters and the selection through a reload', async () => {
  await page.goto(journey);
  await page.getByRole('button', { name: new RegExp(`^${w('board:filter.compare')}`) }).click();
  await page.getByRole('button', { name: new RegExp(`^${w('board:filter.window')}`) }).click();
  await page.getByRole('button', { name: w('board:span.d_other', { count: 90 }) }).click();
  await page.locator('article[data-spot] [data-spot-focus]').nth(1).click();
  await page.locator('aside').waitFor();
  const address = new URL(page.url());
  assert.equal(address.searchParams.get('window'), '90d');
  assert.equal(address.searchParams.get('compare'), 'none');
  assert.match(address.searchParams.get('at') ?? '', /\//);
  const drawer = await page.locator('aside h2').innerText();
  await page.reload();
  await reads(page.locator('aside h2'), drawer, 'the step selected');
  await page.getByRole('button', { name: new RegExp(`${w('board:filter.window')}\\s*${w('board:span.d_other', { count: 90 })}`) }).waitFor();
  await quiet();
  assert.equal(page.url(), address.href);
});

test('no error was shown on the way', async () => clean());

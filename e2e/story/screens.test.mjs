// Every screen, in three languages, by night and on a phone: looked at as a
// picture, read by axe, and held to what has to be true of all of them.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accessible, launch, open, picture } from '../lib/browser.mjs';
import { fits, hanTexts, inside, traditional, translated } from '../lib/checks.mjs';
import { looks } from '../lib/looks.mjs';
import { api } from '../lib/question.mjs';
import { root, start } from '../lib/server.mjs';

const board = '/journeys/buyer-journey';

/** Each screen: its address, and what is done there before it is looked at. */
const screens = (person, account) => ({
  cockpit: ['/cockpit'],
  tree: ['/trees/company'],
  'tree-drawer': ['/trees/company?metric=standing_still'],
  'tree-table': ['/trees/company?view=table'],
  'tree-matrix': ['/trees/company?view=matrix'],
  'tree-star': ['/trees/company?view=star'],
  'tree-drawing': ['/trees/company?edit=1'],
  'tree-drawing-target': ['/trees/company?edit=1&metric=weekly_machines'],
  'tree-drawing-objective': ['/trees/company?edit=1&view=table&metric=objective:use'],
  'tree-drawing-strategy': ['/trees/company?edit=1&metric=strategy:buy/partners'],
  'tree-drawing-value': ['/trees/company?edit=1', click('[role="toolbar"] > button:last-of-type', '[role="dialog"] dl > div')],
  'new-tree': ['/trees?begin=1'],
  dashboards: ['/dashboards'],
  dashboard: ['/dashboards/monday'],
  'dashboard-arranging': ['/dashboards/monday?edit=1'],
  journeys: ['/journeys'],
  'new-journey': ['/journeys', click('header .ant-btn-primary', '[role="dialog"] form')],
  board: [board],
  'board-of-accounts': ['/journeys/machine-life'],
  'board-drawer': [`${board}?at=order/ordered`],
  'board-stage': [`${board}?at=taste`],
  'board-window': [board, click('[role="toolbar"] button[aria-expanded]:nth-of-type(5)', '[role="tooltip"] form')],
  'board-keys': [board, press('?', '[role="dialog"]')],
  table: [`${board}?view=table`],
  flow: [`${board}?view=flow`],
  editing: [`${board}?edit=1`],
  'editing-step': [`${board}?edit=1&at=lead/captured`],
  binding: [`${board}?edit=1&at=quote/discussed`, press('b', '[role="dialog"] [role="option"]')],
  bound: [`${board}?edit=1&at=order/ordered`, press('b', '[role="dialog"]')],
  people: [`${board}?at=order/ordered`, click('aside dl button', '[role="dialog"] tbody tr')],
  retention: ['/journeys/retention/machines-in-use'],
  'retention-cell': ['/journeys/retention/machines-in-use?at=2.1'],
  'retention-event': ['/journeys/retention/machines-in-use', rules('main fieldset button', '[role="dialog"]')],
  'retention-rolling': ['/journeys/retention/machines-in-use', rules('main fieldset .ant-segmented-item:nth-child(2)', 'main td')],
  'new-retention': ['/journeys', click('main section > div > .ant-btn', '[role="dialog"] form')],
  metrics: ['/metric'],
  metric: ['/metric/cost_per_lead'],
  'metric-people': ['/metric/leads?at=20'],
  'new-metric': ['/metric?define=new', click('fieldset input[value="rate"]', '[role="option"]')],
  'editing-metric': ['/metric/average_order?edit=1'],
  'editing-formula': ['/metric/cost_per_lead?edit=1', wrongFormula],
  'metric-as-text': ['/metric/average_order?edit=1&as=text'],
  'saving-metric': ['/metric/leads?edit=1', changed],
  customers: ['/customers'],
  accounts: ['/customers?of=account'],
  person: [`/customers/${person}`],
  forgetting: [`/customers/${person}`, click('header .ant-btn-dangerous', '[role="dialog"] dl')],
  account: [`/customers/${account}?of=account`],
  ledger: ['/ledger'],
  history: ['/ledger/Journey/buyer-journey'],
  'history-sides': ['/ledger/Journey/buyer-journey', click('.ant-segmented-item:nth-child(2)', 'table')],
  quarantine: ['/quarantine'],
  'quarantine-entry': ['/quarantine', click('main ul[aria-label] li button', '[role="dialog"]')],
  workspace: ['/settings/workspace'],
  members: ['/settings/members'],
  keys: ['/settings/keys'],
  sending: ['/settings/sending'],
  audit: ['/settings/audit'],
  'own-account': ['/settings/account'],
  'not-found': ['/nowhere'],
  'api-docs': ['/api/docs'],
});

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

test('the sample company', async (t) => {
  const demo = await start({ command: 'demo' });
  t.after(demo.stop);
  const [[person], [account]] = await Promise.all(
    ['person', 'account'].map(async (of) => (await api(demo.url).get(`/customers?of=${of}&limit=1`)).items.map((one) => encodeURIComponent(one.id))),
  );
  await walk(t, demo.url, screens(person, account));

  await t.test('the picture of the README', async () => {
    const { page, context, quiet } = await open(browser, { url: demo.url, language: 'zh-Hant' });
    await page.goto(`${board}?at=lead/captured`);
    await quiet();
    await picture(page, 'readme');
    await context.close();
    if (process.env.UPDATE_PICTURES === '1') await copyFile(join(root, 'e2e/out/readme.png'), join(root, 'docs/board.png'));
  });
});

test('a new workspace', async (t) => {
  const server = await start();
  t.after(server.stop);
  const { pathname, search } = new URL(server.setup);
  await walk(t, server.url, { 'set-up': [pathname + search], 'set-up-without-link': ['/setup'] });

  const { page, context } = await open(browser, { url: server.url });
  await page.goto('/setup');
  const invitation = await page.evaluate(setUp, new URLSearchParams(search).get('token'));
  const member = await context.storageState();
  await context.close();

  await walk(t, server.url, { 'sign-in': ['/signin'], joining: [new URL(invitation, server.url).pathname], 'joining-too-late': ['/invite/of-nobody'] });
  await walk(t, server.url, {
    'no-trees': ['/trees'], 'no-cockpit': ['/cockpit'], 'no-dashboards': ['/dashboards'], 'no-metrics': ['/metric'], 'no-journeys': ['/journeys'], 'no-customers': ['/customers'], 'empty-ledger': ['/ledger'], 'empty-quarantine': ['/quarantine'], 'no-keys': ['/settings/keys'],
  }, member.cookies);
});

/**
 * Looks at every screen in every look, in a window for each but the night, which
 * falls in the window of the day; two windows fill two processors.
 */
async function walk(t, url, shown, cookies = []) {
  const { dark: _, ...windows } = looks;
  const words = Object.fromEntries(Object.keys(windows).map((look) => [look, {}]));
  await t.test('look by look', { concurrency: 2 }, async (all) => {
    await Promise.all(Object.entries(windows).map(([look, how]) => all.test(look, async (one) => {
      const { language } = how;
      const { page, context, quiet, clean } = await open(browser, { url, ...how });
      await context.addCookies(cookies);
      for (const [name, [address, act]] of Object.entries(shown)) {
        await one.test(`${name}, ${look}`, async () => {
          await page.goto(address);
          await quiet();
          if (act) {
            await act(page);
            await quiet();
          }
          await picture(page, `${name}-${look}`);
          if (language === 'zh-Hant') await accessible(page, name); // another language changes no role and no colour
          await translated(page, name);
          if (look === 'phone') await fits(page, name);
          await inside(page, name);
          words[look][name] = await hanTexts(page);
        });
        if (look !== 'light') continue;
        await one.test(`${name}, dark`, async () => {
          await page.emulateMedia({ colorScheme: 'dark' });
          await quiet();
          await picture(page, `${name}-dark`);
          await accessible(page, name, ['color-contrast']); // all that the night changes
          await page.emulateMedia({ colorScheme: 'light' });
        });
      }
      await one.test(`no errors, ${look}`, async () => clean());
      await context.close();
    })));
  });
  for (const name of Object.keys(shown)) {
    await t.test(`${name} is written in 简体, not converted`, () => {
      assert.deepEqual(traditional(words.hans[name] ?? [], words.en[name] ?? []), []);
    });
  }
}

function click(what, until) {
  return async (page) => {
    await page.locator(what).first().click();
    await page.locator(until).first().waitFor();
  };
}

/** On a phone the rules of a table are folded. */
function rules(what, until) {
  return async (page) => {
    await page.locator('main details').first().evaluate((fold) => { fold.open = true; });
    await click(what, until)(page);
  };
}

/** A formula with a fault, which stands under its place. */
async function wrongFormula(page) {
  await page.locator('textarea[role="combobox"]').fill('ad_cost + leads');
  await page.locator('mark').first().waitFor();
}

/** A metric that is counted otherwise, before it is saved. */
async function changed(page) {
  await page.locator('main [role="spinbutton"]').first().fill('2');
  await page.locator('aside b').nth(1).waitFor();
  await page.locator('header .ant-btn-primary').click();
  await page.locator('[role="dialog"] textarea').waitFor();
}

function press(key, until) {
  return async (page) => {
    await page.keyboard.press(key);
    await page.locator(until).first().waitFor();
  };
}

/** Sets the workspace up, as the forms would, and gives a link that invites a colleague. Runs inside the page. */
async function setUp(token) {
  const post = async (path, body) => {
    const answer = await fetch(`/api/v1${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await post('/setup', { token, workspaceName: '沁山', timezone: 'Asia/Taipei', locale: 'zh-Hant', name: '林怡君', email: 'lin@example.com', password: 'tea on the mountain' });
  return (await post('/members', { name: '陳建宏', email: 'chen@example.com', role: 'editor' })).inviteUrl;
}

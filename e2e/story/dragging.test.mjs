// A step is dragged over the board of the sample company: the numbers of the
// whole board follow under the pointer. How fast is measured in the page and
// reported; what they are is asserted.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { boardOn, moved } from '../lib/board.mjs';
import { accessible, launch, open, picture } from '../lib/browser.mjs';
import { api } from '../lib/question.mjs';
import { start } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

const w = words('zh-Hant');
const address = '/journeys/buyer-journey?edit=1';

let browser;
let demo;
let stored; // the definition, as it stands in the ledger
let atFirst; // its numbers

before(async () => {
  [browser, demo] = await Promise.all([launch(), start({ command: 'demo' })]);
  ({ body: stored } = await api(demo.url).get('/definitions/Journey/buyer-journey'));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Opens the board with a step in the hand. */
async function takeUp(dragged, options) {
  const opened = await open(browser, { url: demo.url, language: 'zh-Hant', motion: true, ...options });
  const { page, quiet } = opened;
  page.setDefaultTimeout(20_000);
  const board = boardOn(page, demo.url);
  await page.goto(address);
  atFirst ??= await board.measured({ journeyId: 'buyer-journey' });
  await quiet();
  await board.shows(atFirst, 'the stored journey');
  await board.spot(dragged).hover({ position: { x: 60, y: 60 } });
  await page.mouse.down();
  return { ...opened, ...board, dragged };
}

/** The places in other stages where a step can be let go: over the upper or lower half of a card; and what is drawn then. */
function placesFor(dragged) {
  const [from, step] = dragged.split('/');
  return stored.stages.flatMap(({ id: stage, steps }) =>
    steps.flatMap((beside, row) => {
      if (stage === from) return [];
      const place = (edge, to) => ({ over: `${stage}/${beside.id}`, edge, becomes: `${stage}/${step}`, journey: moved(stored, step, stage, to) });
      return [place(0.2, row), place(0.8, row + 1)];
    }),
  );
}

const placeFor = (dragged, over, edge) => placesFor(dragged).find((place) => place.over === over && place.edge === edge);

/** The numbers of what would be drawn, each on the card that shows it: the one in the hand is still drawn where it was taken up. */
async function wantedOver({ measured, dragged }, { journey, becomes }) {
  const { [becomes]: own, ...others } = await measured({ journey: { ...journey, stages: journey.stages.filter(({ steps }) => steps.length > 0) } });
  return { ...others, [dragged]: own };
}

async function moveTo({ page, spot }, { over, edge }) {
  const box = await spot(over).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * edge);
}

/**
 * Watches, inside the page, for the next pointer event over another place and
 * for the first number that changes after it: when the request left and came
 * back, when the page was changed and when that was painted. Milliseconds since
 * the pointer event.
 */
function watch() {
  const seen = {};
  const over = (event) => {
    seen.pointer ??= event.timeStamp;
  };
  for (const event of ['dragenter', 'dragover']) window.addEventListener(event, over, { capture: true, once: true });
  const observer = new MutationObserver((changes) => {
    const isNumber = ({ target }) => (target.parentElement ?? target).closest('article[data-spot]')?.querySelector('p') && (target.parentElement ?? target).closest('p, dl');
    if (seen.pointer === undefined || seen.changed !== undefined || !changes.some(isNumber)) return;
    seen.changed = performance.now();
    observer.disconnect();
    // A message that is posted from within a frame arrives once the frame was painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (seen.painted = performance.now());
      port2.postMessage(null);
    });
  });
  observer.observe(document.querySelector('#board-picture'), { subtree: true, childList: true, characterData: true });
  window.watched = async () => {
    while (seen.painted === undefined) await new Promise(requestAnimationFrame);
    const [asked] = performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/measure') && entry.startTime >= seen.pointer);
    const since = (at) => (at === undefined ? undefined : at - seen.pointer);
    return { asked: since(asked?.startTime), answered: since(asked?.responseEnd), changed: since(seen.changed), painted: since(seen.painted) };
  };
}

const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];

test('the numbers of the whole board follow a step under the pointer, and nothing else moves', async (t) => {
  const timings = [];
  const dragged = 'visit/landing';
  const stages = placesFor(dragged).filter(({ edge }) => edge < 0.5);
  // Each time with an empty memory: every place has to be asked about.
  for (const way of [stages, stages.toReversed(), stages]) {
    const hand = await takeUp(dragged);
    const { page, shows } = hand;
    const boxes = () => page.locator('article[data-spot]').evaluateAll((all) => all.map((card) => card.getBoundingClientRect().toJSON()));
    const layout = await boxes();
    let last = atFirst;
    for (const place of way) {
      const wanted = await wantedOver(hand, place);
      const changes = Object.keys(wanted).some((at) => wanted[at] !== last[at]);
      if (changes) await page.evaluate(watch);
      await moveTo(hand, place);
      await shows(wanted, `over ${place.over}`);
      if (changes) timings.push(await page.evaluate(() => window.watched()));
      assert.deepEqual(await boxes(), layout, `over ${place.over} the board stays where it is`);
      last = wanted;
    }
    await page.keyboard.press('Escape');
    await shows(atFirst, 'after Escape');
    assert.deepEqual(await hand.order(), Object.keys(atFirst), 'nothing was moved');
    await page.mouse.up();
    hand.clean();
    await hand.context.close();
  }
  assert.ok(timings.length >= 15, `${timings.length} moves changed a number`);
  const told = (of) => `${Math.round(quantile(timings.map(of), 0.5))} ms (p90 ${Math.round(quantile(timings.map(of), 0.9))})`;
  t.diagnostic(
    `from the pointer to the first new number on the screen, ${timings.length} moves: ${told((m) => m.painted)}; ` +
      `to the request ${told((m) => m.asked)}, to its answer ${told((m) => m.answered - m.asked)}, to the changed page ${told((m) => m.changed - m.answered)}, to the paint ${told((m) => m.painted - m.changed)}`,
  );
});

test('a place that was left before its answer came is no longer asked for', async () => {
  const dragged = 'taste/tasting';
  const hand = await takeUp(dragged);
  const { page, shows } = hand;
  const [first, second] = [placeFor(dragged, 'visit/landing', 0.2), placeFor(dragged, 'order/ordered', 0.8)];
  let release;
  const held = new Promise((done) => (release = done));
  const isAbout = ({ becomes }) => (request) =>
    request.url().endsWith('/measure') && (request.postDataJSON().journey?.stages ?? []).some(({ id, steps }) => steps.some((step) => `${id}/${step.id}` === becomes));
  await page.route('**/api/v1/measure', async (route) => {
    if (isAbout(first)(route.request())) await held;
    await route.continue().catch(() => undefined); // nobody waits for it any more
  });
  const sent = page.waitForRequest(isAbout(first));
  await moveTo(hand, first);
  const overtaken = await sent;
  await shows(atFirst, 'until there is an answer, the numbers before it stay');
  const aborted = page.waitForEvent('requestfailed', (request) => request === overtaken);
  await moveTo(hand, second);
  assert.equal((await aborted).failure().errorText, 'net::ERR_ABORTED');
  await shows(await wantedOver(hand, second), 'over the second place');
  release();
  await page.unroute('**/api/v1/measure');

  // Off the board, and back to what was.
  const { x, y } = await page.getByRole('toolbar', { name: w('board:filter.title') }).boundingBox();
  await page.mouse.move(x + 4, y + 4);
  await shows(atFirst, 'over no place');
  await page.mouse.up();
  await shows(atFirst, 'dropped nowhere');
  hand.clean();
  await hand.context.close();
});

test('letting go makes it what was shown; it is said when the hand rests, and when it is done', async () => {
  const dragged = 'taste/tasting';
  const hand = await takeUp(dragged);
  const { page, shows, order } = hand;
  const place = placeFor(dragged, 'quote/quoted', 0.8);
  const wanted = await wantedOver(hand, place);
  await moveTo(hand, place);
  await shows(wanted, 'over the place');
  const said = page.getByRole('status', { name: w('board:said.title') });
  const nameOf = (id, parts) => parts.find((part) => part.id === id).name['zh-Hant'];
  const move = w('board:said.moveStep', { step: nameOf('tasting', stored.stages.flatMap(({ steps }) => steps)), stage: nameOf('quote', stored.stages), place: 2 });
  await said.getByText(w('board:said.ifDropped', { what: move }), { exact: true }).waitFor();
  await page.mouse.up();
  await said.getByText(move, { exact: true }).waitFor();
  const { [dragged]: own, ...others } = wanted;
  await shows({ ...others, [place.becomes]: own }, 'after the drop');
  assert.ok((await order()).join().includes('quote/quoted,quote/tasting,quote/discussed'));
  hand.clean();
  await hand.context.close();
});

for (const dark of [false, true]) {
  test(`in the middle of a drag the board can be read: ${dark ? 'dark' : 'light'}`, async () => {
    const dragged = 'visit/landing';
    const hand = await takeUp(dragged, { dark, motion: false });
    const place = placeFor(dragged, 'lead/captured', 0.8);
    await moveTo(hand, place);
    await hand.shows(await wantedOver(hand, place), 'over the place');
    await picture(hand.page, `board-dragging-${dark ? 'dark' : 'light'}`);
    await accessible(hand.page, 'a board in the middle of a drag');
    await hand.page.keyboard.press('Escape');
    hand.clean();
    await hand.context.close();
  });
}

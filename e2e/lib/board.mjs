// A board on the screen, and what the engine says of the same drawing.
import assert from 'node:assert/strict';
import { api } from './question.mjs';

/**
 * The board that a page shows.
 * @param {import('playwright-core').Page} page
 * @param {string} url of the program, for asking it beside the screen
 */
export function boardOn(page, url) {
  const spot = (id) => page.locator(`[data-spot="${id}"]`);
  const order = () => page.locator('article[data-spot]').evaluateAll((all) => all.map((card) => card.dataset.spot));

  /** The numbers on the cards, by step; null is unknown. */
  const onScreen = () =>
    page.locator('article[data-spot]').evaluateAll((all) =>
      Object.fromEntries(all.map((card) => [card.dataset.spot, Number(card.querySelector('[data-full]')?.dataset.full.replaceAll(',', '') ?? NaN)]).map(([at, n]) => [at, Number.isNaN(n) ? null : n])));

  /** What the engine answers when asked without the screen. */
  const measured = async (question) => {
    const { stages } = await api(url).post('/measure', question);
    return Object.fromEntries(stages.flatMap((stage) => stage.steps.map((step) => [`${stage.id}/${step.id}`, step.reached])));
  };

  /** Waits until the cards show these numbers. */
  const shows = async (wanted, what) => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const shown = await onScreen();
      if (Object.entries(wanted).every(([at, n]) => shown[at] === n)) return;
      if (Date.now() > deadline) assert.deepEqual(shown, wanted, what);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  };
  return { spot, order, onScreen, measured, shows };
}

/** The journey with one step taken to another place. */
export function moved(journey, step, toStage, to) {
  const body = structuredClone(journey);
  let taken;
  for (const stage of body.stages) {
    const at = stage.steps.findIndex((each) => each.id === step);
    if (at >= 0) [taken] = stage.steps.splice(at, 1);
  }
  body.stages.find((stage) => stage.id === toStage).steps.splice(to, 0, taken);
  return body;
}

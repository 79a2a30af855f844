import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, missingGlyphs, open } from '../lib/browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test('a character without a glyph is found, one with a glyph is not', async () => {
  const { page } = await open(browser);
  await page.setContent('<p>北辰 Beichen 旅程 简体 ▲▼ \u{E1234} 42</p>');
  assert.deepEqual(await page.evaluate(missingGlyphs), []); // a private-use character counts as invisible (\p{C})
  await page.setContent('<p>北辰 \u{1F8B2}</p>');
  assert.deepEqual(await page.evaluate(missingGlyphs), ['\u{1F8B2}']);
});

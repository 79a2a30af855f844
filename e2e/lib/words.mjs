// The words on the screen, from the files they come from: a test that clicks
// 「核准」 goes on to hold when somebody finds a better word for it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { root } from './server.mjs';

/**
 * @param {'zh-Hant' | 'zh-Hans' | 'en'} locale
 * @returns {(key: string, values?: Record<string, unknown>) => string} key: "ledger:restore.open"
 */
export function words(locale) {
  const folder = join(root, 'web/src/i18n', locale);
  const texts = Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
  );
  return (key, values = {}) => {
    const [area, path] = key.split(':');
    const text = path.split('.').reduce((part, name) => part?.[name], texts[area]);
    assert.equal(typeof text, 'string', `no text ${key} in ${locale}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name])).replace(/<[^>]+>/g, '');
  };
}

import { expect, test } from 'vitest';
import { prefer, preferences, read, type Preferences } from './preferences';

const none: Preferences = { theme: 'system', locale: null, rocYears: false };

test('what was chosen on this device is found again', () => {
  prefer({ theme: 'dark', locale: 'zh-Hans', rocYears: true });
  expect(read()).toEqual(preferences());
  prefer(none);
});

test.each(['', '{', 'null', '7', '{"theme":"sepia","locale":"tlh","rocYears":"yes"}', '{"locale":{}}'])('a spoiled storage is nobody’s choice: %s', (stored) => {
  localStorage.setItem('beichen.preferences', stored);
  expect(read()).toEqual(none);
});

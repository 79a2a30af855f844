import type { Locale } from '../api/types';

/** Each language by its own name. */
export const localeOptions: { value: Locale; label: string }[] = [
  { value: 'zh-Hant', label: '繁體中文' },
  { value: 'zh-Hans', label: '简体中文' },
  { value: 'en', label: 'English' },
];

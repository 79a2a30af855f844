// What a person chose on this device: theme, language, the calendar of dates.
import { useSyncExternalStore } from 'react';
import type { Locale } from '../api/types';
import { isLocale } from '../i18n';

export const themes = ['system', 'light', 'dark'] as const;

export type Theme = (typeof themes)[number];

export interface Preferences {
  theme: Theme;
  locale: Locale | null; // null: the member's or the workspace's
  rocYears: boolean; // 民國 years, in 繁體中文 only
}

const storageKey = 'beichen.preferences';
const defaults: Preferences = { theme: 'system', locale: null, rocYears: false };
const listeners = new Set<() => void>();
let current: Preferences = read();

/** What is stored, where it says something that can be chosen. */
export function read(): Preferences {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Record<keyof Preferences, unknown>>;
    return {
      theme: themes.find((theme) => theme === stored.theme) ?? defaults.theme,
      locale: isLocale(stored.locale) ? stored.locale : defaults.locale,
      rocYears: stored.rocYears === true,
    };
  } catch {
    return defaults; // storage refused or spoiled: the defaults do
  }
}

export function preferences(): Preferences {
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // A browser without storage keeps the choice until the page is closed.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

/** useMedia follows a media query, e.g. "(max-width: 640px)". */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** usePhone: 640 px and less, where rails become bars and tables become cards. */
export function usePhone(): boolean {
  return useMedia('(max-width: 640px)');
}

export function useDark(): boolean {
  const { theme } = usePreferences();
  const system = useMedia('(prefers-color-scheme: dark)');
  return theme === 'system' ? system : theme === 'dark';
}

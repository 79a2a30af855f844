// Keeps the rows of a list where they are while news about them comes in.
import { useMemo, useState } from 'react';

/**
 * The items in the order in which they were first given, those that came since
 * behind them: whoever is about to press one presses that one. The order lasts as
 * long as what uses it is mounted.
 */
export function useSteady<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const [places, setPlaces] = useState<ReadonlyMap<string, number>>(new Map());
  const come = items.map(keyOf).filter((key) => !places.has(key));
  if (come.length > 0) setPlaces(new Map([...places.keys(), ...come].map((key, i) => [key, i])));
  return useMemo(() => {
    const placeOf = (item: T) => places.get(keyOf(item)) ?? places.size;
    return items.toSorted((a, b) => placeOf(a) - placeOf(b));
  }, [items, places, keyOf]);
}

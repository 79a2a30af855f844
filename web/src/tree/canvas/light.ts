// What of the canvas is lit: all of it, or what is joined to the card under the
// pointer, with the focus, or selected.
import { createContext, useContext } from 'react';
import type { Join } from '../model/joins';

export interface Light {
  /** The card that is looked at; null: none, and nothing is dimmed. */
  at: string | null;
  lit: ReadonlySet<string> | null;
  selected: string | undefined;
  /** The one card that Tab comes to; the arrows lead on from there. */
  tabStop: string;
  /** What is wrong with a draft, by card. */
  faults: ReadonlyMap<string, string>;
  look: (key: string | null) => void;
  stand: (key: string) => void;
  select: (key: string) => void;
}

export const LightContext = createContext<Light | null>(null);

export function useLight(): Light {
  const light = useContext(LightContext);
  if (!light) throw new Error('useLight outside a canvas');
  return light;
}

/** How strongly a line is drawn: what is looked at, what is not, and the rest quietly. */
export function strengthOf(join: Pick<Join, 'from' | 'to'>, { at }: Pick<Light, 'at'>, far: boolean): 'lit' | 'dim' | 'far' | 'usual' {
  if (at !== null) return join.from === at || join.to === at ? 'lit' : 'dim';
  return far ? 'far' : 'usual';
}

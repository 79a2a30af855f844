// Beginning from a starter: its definitions with one's own names of events, written one
// after the other.
import { api, ApiError, pathOf } from '../../api/client';
import type { Revision } from '../../api/types';
import type { TreeStarter } from '../../api/tree';
import type { TreeDefinition } from '../model/definition';

/** The tree of a starter; it is always the last of its definitions. */
export function treeOf(starter: TreeStarter): TreeDefinition {
  return starter.definitions.at(-1)?.body as unknown as TreeDefinition;
}

type StarterDefinition = TreeStarter['definitions'][number];

/** The starter's events by one's own names of them; a name that is not there, or is empty, stays. */
export type Names = Record<string, string>;

/** A value with every name of an event replaced, however deep it stands. */
export function withNames(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((one) => withNames(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'event' && typeof inner === 'string' ? names[inner]?.trim() || inner : withNames(inner, names)]),
  );
}

/** A name of the starter that was really seen, whatever its case and its spaces. */
export function seenAs(event: string, seen: string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return seen.find((name) => name === event) ?? seen.find((name) => plain(name) === plain(event));
}

export interface Begun {
  tree: string; // the id it has now
  written: number;
  kept: StarterDefinition[]; // those whose id was taken: they stay as they are
}

/**
 * Writes a starter's definitions in their order, each after those that it speaks of.
 * The tree gets an id of its own; of anything else what is there already is kept.
 *
 * @throws ApiError of the definition that could not be written. What was written before
 * it stays, and is kept when one tries again.
 */
export async function begin(starter: TreeStarter, names: Names, treeId: string, reason: string, onStep: (done: number) => void): Promise<Begun> {
  const kept: StarterDefinition[] = [];
  for (const [done, definition] of starter.definitions.entries()) {
    onStep(done);
    const { kind } = definition;
    const id = kind === 'Tree' ? treeId : definition.id;
    const body = { ...(withNames(definition.body, names) as object), id };
    if (!(await write(kind, id, body, reason))) kept.push(definition);
  }
  return { tree: treeId, written: starter.definitions.length - kept.length, kept };
}

/** Writes what is not there, or was deleted; false where it is there. */
async function write(kind: string, id: string, body: object, reason: string): Promise<boolean> {
  const put = (ifMatch: number) => api.put<Revision>(`/definitions${pathOf(kind, id)}`, { body, reason }, { ifMatch });
  try {
    await put(0);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const current = error.problem.current as Revision | undefined;
    if (!current?.deleted) return false;
    await put(current.version);
  }
  return true;
}

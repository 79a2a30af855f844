// A dashboard while it is put together: what is done to it, one operation after the
// other, so that all of it can be done again on top of what somebody else saved.
import { draftsBy, type Draft as DraftOf } from '../drawing/draft';
import { same } from '../drawing/same';
import { added, freeTileId, moved, removed, replaced, stepsBetween, type Contents, type Dashboard, type Place, type Step, type Tile } from './model';

export type Operation =
  | { do: 'add'; id: string; contents: Contents }
  | { do: 'edit'; id: string; contents: Contents }
  | { do: 'move'; id: string; place: Place }
  | { do: 'remove'; id: string }
  | { do: 'say'; texts: Pick<Dashboard, 'name' | 'description'> }; // those alone that change

export type Draft = DraftOf<Dashboard, Operation>;

/** A tile that is added, under an id that none has. */
export function adding({ tiles = [] }: Dashboard, contents: Contents): Operation {
  return { do: 'add', id: freeTileId(tiles, contents.kind), contents };
}

function apply(dashboard: Dashboard, operation: Operation): Dashboard | null {
  const isGone = (operation.do === 'edit' || operation.do === 'move') && !dashboard.tiles?.some(({ id }) => id === operation.id);
  if (isGone) return null;
  const next = after(dashboard, operation);
  return same(next, dashboard) ? dashboard : next;
}

function after(dashboard: Dashboard, operation: Operation): Dashboard {
  switch (operation.do) {
    case 'add':
      return added(dashboard, operation.contents, operation.id);
    case 'edit':
      return replaced(dashboard, operation.id, operation.contents);
    case 'move':
      return moved(dashboard, operation.id, operation.place);
    case 'remove':
      return removed(dashboard, operation.id);
    case 'say':
      return { ...dashboard, ...operation.texts };
  }
}

const plain = draftsBy(apply);

/** Both sides may have added a tile under the same id: one's own takes another before it is put on top. */
export const drafts: typeof plain = {
  ...plain,
  rebase: (draft, theirs, version) => plain.rebase({ ...draft, done: draft.done.map((one) => ({ ...one, operations: one.operations.map(renaming(draft, theirs)) })) }, theirs, version),
};

function renaming({ body, done }: Draft, { tiles: theirs = [] }: Dashboard): (operation: Operation) => Operation {
  const taken: Pick<Tile, 'id'>[] = [...theirs, ...(body.tiles ?? [])];
  const names = new Map<string, string>();
  for (const operation of done.flatMap(({ operations }) => operations)) {
    if (operation.do !== 'add' || !theirs.some(({ id }) => id === operation.id)) continue;
    const id = freeTileId(taken, operation.contents.kind);
    taken.push({ id });
    names.set(operation.id, id);
  }
  return (operation) => ('id' in operation ? { ...operation, id: names.get(operation.id) ?? operation.id } : operation);
}

/** What a draft and somebody else's version changed, and where they meet. */
export interface Meeting {
  theirs: Step[];
  mine: Step[];
  /** Steps of one's own that hold against theirs. */
  both: Step[];
  /** Steps of one's own whose tile they took away. */
  lost: Step[];
}

export function meetingOf({ base, body }: Draft, newer: Dashboard): Meeting {
  const [theirs, mine] = [stepsBetween(base, newer), stepsBetween(base, body)];
  const meets = (step: Step, other: Step) => ('tile' in step ? 'tile' in other && step.what !== 'added' && other.what === 'edited' && step.tile.id === other.tile.id : step.what === 'named' && other.what === 'named');
  const lost = mine.filter((step) => step.what === 'edited' && !newer.tiles?.some(({ id }) => id === step.tile.id));
  return { theirs, mine, both: mine.filter((step) => theirs.some((other) => meets(step, other))), lost };
}

// Somebody saved in the meantime: both sides are shown, and the person decides.
import type { Overtaken } from '../../drawing/useSaving';
import type { Journey } from '../../api/types';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { collisions, differences } from '../model/difference';
import { drafts, type Draft } from '../model/draft';
import { useBoard } from '../useBoard';
import { DifferenceList } from './DifferenceList';

export function ConflictDialog({ draft, ...overtaken }: Overtaken<Journey> & { draft: Draft }) {
  const { nameOf } = useBoard();
  const { theirs } = overtaken;
  const mine = differences(draft.base, draft.body, nameOf);
  const changed = differences(draft.base, theirs.body, nameOf);
  const both = collisions(mine, changed);
  const { lost } = drafts.rebase(draft, theirs.body, theirs.version);
  return (
    <OvertakenModal
      {...overtaken}
      both={both.size}
      lost={lost.length}
      sides={{ theirs: <DifferenceList changes={changed} />, mine: <DifferenceList changes={mine} marked={both} /> }}
    />
  );
}

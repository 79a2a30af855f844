// Somebody saved in the meantime: both sides are shown, and the person decides.
import type { Metric } from '../../api/metric';
import type { Overtaken } from '../../drawing/useSaving';
import { ChangesInWords } from '../../ui/DiffView';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { changesOf, rebased } from './model/changes';
import type { Draft } from './useDraft';

export function ConflictDialog({ draft, ...overtaken }: Overtaken<Metric> & { draft: Draft }) {
  const { body } = overtaken.theirs;
  return (
    <OvertakenModal
      {...overtaken}
      both={rebased(draft.base, draft.metric, body).both.length}
      sides={{ theirs: <ChangesInWords changes={changesOf(draft.base, body)} />, mine: <ChangesInWords changes={changesOf(draft.base, draft.metric)} /> }}
    />
  );
}

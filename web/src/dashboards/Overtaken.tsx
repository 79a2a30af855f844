// Somebody saved in the meantime: both sides are told, and the person decides.
import type { Overtaken as OvertakenBy } from '../drawing/useSaving';
import { OvertakenModal } from '../ui/OvertakenModal';
import { ToldChanges } from '../ui/ToldChanges';
import { meetingOf, type Draft } from './draft';
import type { Dashboard } from './model';
import { useStepWords } from './useTileName';

export function Overtaken({ draft, ...overtaken }: OvertakenBy<Dashboard> & { draft: Draft }) {
  const words = useStepWords();
  const { theirs, mine, both, lost } = meetingOf(draft, overtaken.theirs.body);
  return (
    <OvertakenModal
      {...overtaken}
      both={both.length}
      lost={lost.length}
      sides={{
        theirs: <ToldChanges changes={theirs.map((step) => ({ told: words(step) }))} />,
        mine: <ToldChanges changes={mine.map((step) => ({ told: words(step), mark: both.includes(step) ? 'both' : lost.includes(step) ? 'lost' : undefined }))} />,
      }}
    />
  );
}

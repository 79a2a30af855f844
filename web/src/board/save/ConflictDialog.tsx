// Somebody saved in the meantime: both sides are shown, and the person decides.
import { useTranslation } from 'react-i18next';
import type { Journey, Revision } from '../../api/types';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { collisions, differences } from '../model/difference';
import { drafts, type Draft } from '../model/draft';
import { useBoard } from '../useBoard';
import { DifferenceList } from './DifferenceList';
import styles from './Save.module.css';

interface ConflictDialogProps {
  theirs: Revision<Journey>;
  draft: Draft;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

export function ConflictDialog({ theirs, draft, onMine, onTheirs, onClose }: ConflictDialogProps) {
  const { t } = useTranslation('board');
  const { nameOf } = useBoard();
  const mineChanges = differences(draft.base, draft.body, nameOf);
  const theirChanges = differences(draft.base, theirs.body, nameOf);
  const both = collisions(mineChanges, theirChanges);
  const { lost } = drafts.rebase(draft, theirs.body, theirs.version);
  return (
    <OvertakenModal theirs={theirs} width={820} onMine={onMine} onTheirs={onTheirs} onClose={onClose}>
      {both.size > 0 && <p className={styles.warn}>{t('conflict.overlap', { count: both.size })}</p>}
      {lost.length > 0 && <p className={styles.warn}>{t('conflict.lost', { count: lost.length })}</p>}
      <div className={styles.sides}>
        <section>
          <h3>{t('conflict.theirChanges', { author: theirs.author })}</h3>
          <DifferenceList changes={theirChanges} />
        </section>
        <section>
          <h3>{t('conflict.myChanges')}</h3>
          <DifferenceList changes={mineChanges} marked={both} />
        </section>
      </div>
    </OvertakenModal>
  );
}

// Somebody saved in the meantime: both sides are shown, and the person decides.
import { useTranslation } from 'react-i18next';
import type { Metric } from '../../api/metric';
import type { Revision } from '../../api/types';
import { ChangesInWords } from '../../ui/DiffView';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { changesOf, rebased } from './model/changes';
import type { Draft } from './useDraft';
import styles from './Define.module.css';

interface ConflictDialogProps {
  theirs: Revision<Metric>;
  draft: Draft;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

export function ConflictDialog({ theirs, draft, onMine, onTheirs, onClose }: ConflictDialogProps) {
  const { t } = useTranslation('define');
  const { both } = rebased(draft.base, draft.metric, theirs.body);
  return (
    <OvertakenModal theirs={theirs} width={820} onMine={onMine} onTheirs={onTheirs} onClose={onClose}>
      {both.length > 0 && <p className={styles.warn}>{t('conflict.both', { count: both.length })}</p>}
      <div className={styles.sides}>
        <section>
          <h3>{t('conflict.theirChanges', { author: theirs.author })}</h3>
          <ChangesInWords changes={changesOf(draft.base, theirs.body)} />
        </section>
        <section>
          <h3>{t('conflict.myChanges')}</h3>
          <ChangesInWords changes={changesOf(draft.base, draft.metric)} />
        </section>
      </div>
    </OvertakenModal>
  );
}

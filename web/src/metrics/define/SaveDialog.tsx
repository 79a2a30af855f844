// Saving says why, after one has seen what changes, what it does to the number, and
// what hangs on it.
import { useTranslation } from 'react-i18next';
import { ChangesInWords } from '../../ui/DiffView';
import { ReasonModal } from '../../ui/ReasonModal';
import { Before } from './Before';
import { Dependents } from './Dependents';
import { changesOf } from './model/changes';
import type { Draft } from './useDraft';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

interface SaveDialogProps {
  draft: Draft;
  onSave: (reason: string) => Promise<void>;
  onClose: () => void;
}

export function SaveDialog({ draft, onSave, onClose }: SaveDialogProps) {
  const { t } = useTranslation('define');
  const { numbers, isNew } = useDefine();
  return (
    <ReasonModal title={t(isNew ? 'save.new' : 'save.title')} okText={t('save.do')} onOk={onSave} onClose={onClose} width={640}>
      {!isNew && (
        <>
          <div className={styles.changes}>
            <ChangesInWords changes={changesOf(draft.base, draft.metric)} />
          </div>
          {numbers.before && numbers.answer && !numbers.late && <Before before={numbers.before} after={numbers.answer} />}
          <Dependents id={draft.base.id} before="change" />
        </>
      )}
    </ReasonModal>
  );
}

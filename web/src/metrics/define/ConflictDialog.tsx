// Somebody saved in the meantime: both sides are shown, and the person decides.
import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Metric, Revision } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { ChangesInWords } from '../../ui/DiffView';
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
  const format = useFormat();
  const { both } = rebased(draft.base, draft.metric, theirs.body);
  return (
    <Modal
      open
      width={820}
      title={t('conflict.title', { author: theirs.author, version: theirs.version })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('conflict.later')}</Button>
          <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
          <Button type="primary" onClick={onMine}>
            {t('conflict.mine')}
          </Button>
        </>
      }
    >
      <p className={styles.hint}>{t('conflict.note', { when: format.dateTime(theirs.at), reason: theirs.reason })}</p>
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
    </Modal>
  );
}

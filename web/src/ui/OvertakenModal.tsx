// Somebody saved in the meantime: the person is told who, when and why, sees both sides,
// and decides.
import { Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { useFormat } from '../format/useFormat';
import { useReturnFocus } from './useReturnFocus';
import styles from './OvertakenModal.module.css';

interface OvertakenModalProps {
  /** What was saved in the meantime. */
  theirs: Revision<unknown>;
  /** What they changed, and what oneself did. */
  sides: { theirs: ReactNode; mine: ReactNode };
  /** How many parts both changed: on top, one's own hold. */
  both?: number;
  /** How many of one's own changes have no place any more. */
  lost?: number;
  /** Puts one's own changes on top of theirs. */
  onMine: () => void;
  /** Throws one's own changes away. */
  onTheirs: () => void;
  /** Leaves everything as it is, to be decided later. */
  onClose: () => void;
}

/** Mounted is open: the caller renders it when a save was overtaken. */
export function OvertakenModal({ theirs, sides, both = 0, lost = 0, onMine, onTheirs, onClose }: OvertakenModalProps) {
  const { t } = useTranslation('shell');
  const format = useFormat();
  useReturnFocus();
  return (
    <Modal
      open
      width={820}
      title={t('overtaken.title', { author: theirs.author, version: theirs.version })}
      onCancel={onClose}
      footer={
        <div className={styles.choices}>
          <Button onClick={onClose}>{t('overtaken.later')}</Button>
          <Button onClick={onTheirs}>{t('overtaken.theirs')}</Button>
          <Button type="primary" onClick={onMine}>
            {t('overtaken.mine')}
          </Button>
        </div>
      }
    >
      <p className={styles.note}>{t('overtaken.note', { when: format.dateTime(theirs.at), reason: theirs.reason })}</p>
      {both > 0 && <p className={styles.warn}>{t('overtaken.both', { count: both })}</p>}
      {lost > 0 && <p className={styles.warn}>{t('overtaken.lost', { count: lost })}</p>}
      <div className={styles.sides}>
        <section>
          <h3>{t('overtaken.theirChanges', { author: theirs.author })}</h3>
          {sides.theirs}
        </section>
        <section>
          <h3>{t('overtaken.myChanges')}</h3>
          {sides.mine}
        </section>
      </div>
    </Modal>
  );
}

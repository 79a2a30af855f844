// Somebody saved in the meantime: the person is told who, when and why, and decides.
import { Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { useFormat } from '../format/useFormat';
import styles from './OvertakenModal.module.css';

interface OvertakenModalProps {
  /** What was saved in the meantime. */
  theirs: Revision<unknown>;
  width: number;
  /** Puts one's own changes on top of theirs. */
  onMine: () => void;
  /** Throws one's own changes away. */
  onTheirs: () => void;
  /** Leaves everything as it is, to be decided later. */
  onClose: () => void;
  /** What was changed, for the person to compare. */
  children: ReactNode;
}

/** Mounted is open: the caller renders it when a save was overtaken. */
export function OvertakenModal({ theirs, width, onMine, onTheirs, onClose, children }: OvertakenModalProps) {
  const { t } = useTranslation('shell');
  const format = useFormat();
  return (
    <Modal
      open
      width={width}
      title={t('overtaken.title', { author: theirs.author, version: theirs.version })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('overtaken.later')}</Button>
          <Button onClick={onTheirs}>{t('overtaken.theirs')}</Button>
          <Button type="primary" onClick={onMine}>
            {t('overtaken.mine')}
          </Button>
        </>
      }
    >
      <p className={styles.note}>{t('overtaken.note', { when: format.dateTime(theirs.at), reason: theirs.reason })}</p>
      {children}
    </Modal>
  );
}

// Whatever changes what people agreed on asks why. One dialog for all of it.
import { Input, Modal } from 'antd';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from './ProblemNote';
import { useReturnFocus } from './useReturnFocus';
import styles from './ReasonModal.module.css';

interface ReasonModalProps {
  title: ReactNode;
  /** What will happen, in a sentence, and any preview of it. */
  children?: ReactNode;
  /** What is asked last, under the reason. */
  last?: ReactNode;
  okText: string;
  danger?: boolean;
  /** False while something else has to be chosen first. */
  ready?: boolean;
  /** What would say it, for the reader to keep or to change. */
  proposed?: string;
  /** Throws to keep the dialog open with the error in it. */
  onOk: (reason: string) => Promise<void>;
  onClose: () => void;
  width?: number;
}

/** Mounted is open: the caller renders it when it is asked for. */
export function ReasonModal({ title, children, last, okText, danger = false, ready = true, proposed = '', onOk, onClose, width }: ReasonModalProps) {
  const { t } = useTranslation('shell');
  useReturnFocus();
  const id = useId();
  const [reason, setReason] = useState(proposed);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const complete = ready && reason.trim() !== '';

  const submit = async () => {
    if (!complete || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onOk(reason.trim());
      onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      title={title}
      width={width}
      okText={okText}
      cancelText={t('cancel')}
      onOk={() => void submit()}
      onCancel={busy ? undefined : onClose} // closing would not take back what was asked for, and would hide what became of it
      cancelButtonProps={{ disabled: busy }}
      okButtonProps={{ disabled: !complete, loading: busy, danger }}
    >
      {children}
      <label htmlFor={id} className={styles.label}>
        {t('reason')}
      </label>
      <Input.TextArea
        id={id}
        autoFocus
        rows={3}
        maxLength={2000}
        value={reason}
        placeholder={t('reasonNeeded')}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
        }}
      />
      {last}
      {error !== null && (
        <div className={styles.error}>
          <ProblemNote error={error} />
        </div>
      )}
    </Modal>
  );
}

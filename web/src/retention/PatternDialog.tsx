// Chooses what a start or a return is, among the events really seen.
import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pattern } from '../api/types';
import { PatternEditor } from '../board/binding/PatternEditor';
import { patternsOf, whenOf, type EditedPattern } from '../board/binding/patterns';
import { useReturnFocus } from '../ui/useReturnFocus';

interface PatternDialogProps {
  which: 'start' | 'return';
  pattern: Pattern;
  onKeep: (pattern: Pattern) => void;
  onClose: () => void;
}

export function PatternDialog({ which, pattern, onKeep, onClose }: PatternDialogProps) {
  const { t } = useTranslation('retention');
  useReturnFocus();
  const [edited, setEdited] = useState<EditedPattern | undefined>(() => patternsOf([pattern])[0]);
  const chosen = edited && whenOf([edited])?.[0];
  if (!edited) return null;
  return (
    <Modal
      open
      width={680}
      title={t(`rules.${which}`)}
      okText={t('rules.keep')}
      okButtonProps={{ disabled: !chosen }}
      onOk={() => {
        if (chosen) onKeep(chosen);
        onClose();
      }}
      onCancel={onClose}
    >
      <PatternEditor pattern={edited} onChange={setEdited} />
    </Modal>
  );
}

// Saving a table makes a revision with a reason. If somebody else saved in the
// meantime, the person decides whose stands.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Retention, Revision } from '../api/types';
import { same } from '../drawing/same';
import type { Drawing } from '../drawing/useDrawing';
import { useSaving } from '../drawing/useSaving';
import { useWords } from '../ui/ChangedValue';
import { fieldName } from '../ui/fields';
import { OvertakenModal } from '../ui/OvertakenModal';
import { ReasonModal } from '../ui/ReasonModal';
import { changesOf } from './model';
import styles from './Retention.module.css';

interface SaveDialogProps {
  /** Whether it is asked for; a conflict outlives the asking. */
  isOpen: boolean;
  drawing: Drawing<Retention, Partial<Retention>>;
  onSaved: (revision: Revision<Retention>) => void;
  onClose: () => void;
}

export function SaveDialog({ isOpen, drawing, onSaved, onClose }: SaveDialogProps) {
  const { t } = useTranslation('retention');
  const client = useQueryClient();
  const { message } = App.useApp();
  const { base, body } = drawing.draft;
  const { write, overtaken } = useSaving(drawing, onSaved);
  const save = async (reason: string) => {
    const next = await write(reason);
    if (!next) return;
    void message.success(t('save.done', { version: next.version }));
    void client.invalidateQueries({ queryKey: ['journeys'] });
  };
  if (overtaken) {
    const theirs = overtaken.theirs.body;
    const changed = changesOf(base, theirs).map(({ field }) => field);
    const both = changesOf(base, body).filter(({ field, to }) => changed.includes(field) && !same(to, theirs[field]));
    return <OvertakenModal {...overtaken} both={both.length} sides={{ theirs: <Changes base={base} draft={theirs} />, mine: <Changes base={base} draft={body} /> }} />;
  }
  if (!isOpen) return null;
  return (
    <ReasonModal title={t('save.title')} okText={t('save.do')} onOk={save} onClose={onClose} width={560}>
      <Changes base={base} draft={body} />
    </ReasonModal>
  );
}

function Changes({ base, draft }: { base: Retention; draft: Retention }) {
  const { t: ledger } = useTranslation('ledger');
  const words = useWords();
  return (
    <ul className={styles.changes}>
      {changesOf(base, draft).map(({ field, from, to }) => (
        <li key={field}>
          <span>{fieldName(field, ledger)}</span>
          {from !== undefined && <del>{words(from, field)}</del>}
          {to !== undefined && <ins>{words(to, field)}</ins>}
        </li>
      ))}
    </ul>
  );
}

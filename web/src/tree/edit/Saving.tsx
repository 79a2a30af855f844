// Saving what was drawn, with its reason; where somebody saved in the meantime, both are
// told and the person decides.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../../api/types';
import type { Drawing } from '../../drawing/useDrawing';
import { useSaving } from '../../drawing/useSaving';
import { StoredChanges } from '../../ledger/StoredChanges';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { ReasonModal } from '../../ui/ReasonModal';
import { ToldChanges } from '../../ui/ToldChanges';
import type { TreeDefinition } from '../model/definition';
import { drafts } from '../model/draft';
import type { Operation } from '../model/operation';
import { useSay } from './useSay';

interface SavingProps {
  /** Whether it is asked for; a conflict outlives the asking. */
  isOpen: boolean;
  drawing: Drawing<TreeDefinition, Operation>;
  onSaved: (revision: Revision<TreeDefinition>) => void;
  onClose: () => void;
}

export function Saving({ isOpen, drawing, onSaved, onClose }: SavingProps) {
  const { t } = useTranslation('tree');
  const client = useQueryClient();
  const { message } = App.useApp();
  const say = useSay();
  const { draft } = drawing;
  const { write, overtaken } = useSaving(drawing, onSaved);
  const save = async (reason: string) => {
    const next = await write(reason);
    if (!next) return;
    void message.success(t('save.done', { version: next.version }));
    void client.invalidateQueries({ queryKey: ['trees'] });
  };
  const told = (lost: Operation[] = []) => (
    <ToldChanges changes={draft.done.flatMap(({ operations }) => operations).map((operation) => ({ told: say(operation), mark: lost.includes(operation) ? 'lost' : undefined }))} />
  );
  if (overtaken) {
    const { body, id, version } = overtaken.theirs;
    const { lost } = drafts.rebase(draft, body, version);
    return <OvertakenModal {...overtaken} lost={lost.length} sides={{ theirs: <StoredChanges kind="Tree" id={id} from={draft.version} to={version} />, mine: told(lost) }} />;
  }
  if (!isOpen) return null;
  return (
    <ReasonModal title={t('save.title')} okText={t('edit.save')} width={620} onOk={save} onClose={onClose}>
      {told()}
    </ReasonModal>
  );
}

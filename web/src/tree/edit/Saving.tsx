// Saving what was drawn, with its reason; where somebody saved in the meantime, both are
// told and the person decides.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ApiError, pathOf } from '../../api/client';
import type { Revision } from '../../api/types';
import save from '../../board/save/Save.module.css';
import type { Drawing } from '../../drawing/useDrawing';
import { OvertakenModal } from '../../ui/OvertakenModal';
import { ReasonModal } from '../../ui/ReasonModal';
import type { TreeDefinition } from '../model/definition';
import { drafts, type Draft } from '../model/draft';
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
  const { draft } = drawing;
  const [theirs, setTheirs] = useState<Revision<TreeDefinition> | null>(null);
  const write = async (reason: string) => {
    try {
      const next = await api.put<Revision<TreeDefinition>>(`/definitions${pathOf('Tree', draft.body.id)}`, { body: draft.body, reason }, { ifMatch: draft.version });
      drawing.start(next);
      onSaved(next);
      void message.success(t('save.done', { version: next.version }));
      void client.invalidateQueries({ queryKey: ['trees'] });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || !error.problem.current) throw error;
      setTheirs(error.problem.current as Revision<TreeDefinition>);
    }
  };
  if (theirs) {
    const take = (how: 'start' | 'rebase') => {
      drawing[how](theirs);
      onSaved(theirs);
      setTheirs(null);
    };
    return <Conflict theirs={theirs} draft={draft} onMine={() => take('rebase')} onTheirs={() => take('start')} onClose={() => setTheirs(null)} />;
  }
  if (!isOpen) return null;
  return (
    <ReasonModal title={t('save.title')} okText={t('edit.save')} width={620} onOk={write} onClose={onClose}>
      <Changes operations={draft.done.flatMap(({ operations }) => operations)} />
    </ReasonModal>
  );
}

/** What was done, one after the other, in words. */
function Changes({ operations, lost = [] }: { operations: Operation[]; lost?: Operation[] }) {
  const { t } = useTranslation('tree');
  const say = useSay();
  return (
    <ul className={save.changes}>
      {operations.map((operation, i) => (
        <li key={i} data-marked={lost.includes(operation)}>
          <span>{say(operation)}</span>
          {lost.includes(operation) && <em>{t('save.lost')}</em>}
        </li>
      ))}
    </ul>
  );
}

interface ConflictProps {
  theirs: Revision<TreeDefinition>;
  draft: Draft;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

function Conflict({ theirs, draft, onMine, onTheirs, onClose }: ConflictProps) {
  const { t } = useTranslation('tree');
  const { lost } = drafts.rebase(draft, theirs.body, theirs.version);
  return (
    <OvertakenModal theirs={theirs} width={680} onMine={onMine} onTheirs={onTheirs} onClose={onClose}>
      {lost.length > 0 && <p className={save.warn}>{t('save.cannot', { count: lost.length })}</p>}
      <h3>{t('save.yours')}</h3>
      <Changes operations={draft.done.flatMap(({ operations }) => operations)} lost={lost} />
    </OvertakenModal>
  );
}

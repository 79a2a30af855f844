// The one dialog of the board that is open.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Journey, Revision } from '../api/types';
import { useSaving } from '../drawing/useSaving';
import { ReasonModal } from '../ui/ReasonModal';
import { BindingDialog } from './binding/BindingDialog';
import { CustomersDialog } from './drawer/CustomersDialog';
import { FormulaDialog } from './drawer/FormulaDialog';
import { WalkersDialog } from './flow/WalkersDialog';
import { FindPlace } from './FindPlace';
import { RulesDialog } from './rules/RulesDialog';
import { ConflictDialog } from './save/ConflictDialog';
import { differences } from './model/difference';
import { DifferenceList } from './save/DifferenceList';
import { focusSpot } from './canvas/focus';
import { useBoard, type Dialog } from './useBoard';
import type { Drawing } from './useDrawing';

interface DialogsProps {
  dialog: Dialog | null;
  close: () => void;
  drawing: Drawing;
  onSaved: (revision: Revision<Journey>) => void;
}

export function Dialogs({ dialog, close, drawing, onSaved }: DialogsProps) {
  const { t } = useTranslation('board');
  const { draft, revision, nameOf, announce } = useBoard();
  const client = useQueryClient();
  const { message } = App.useApp();
  const saving = useSaving(drawing, onSaved);
  const { overtaken } = saving;
  useFocusBack(overtaken ? { kind: 'save' } : dialog);

  const take = (next: Revision<Journey>, said: string) => {
    onSaved(next);
    announce(said);
    void message.success(said);
    void client.invalidateQueries({ queryKey: ['journeys'] });
    void client.invalidateQueries({ queryKey: ['definitions'], refetchType: 'none' });
  };
  const save = async (reason: string) => {
    const next = await saving.write(reason);
    if (next) take(next, t('save.done', { version: next.version }));
  };
  const approve = async (reason: string) => {
    const next = await api.post<Revision<Journey>>(`/definitions${pathOf('Journey', revision.id)}/approve`, { version: revision.version, reason });
    take(next, t('approve.done', { version: next.version }));
  };

  if (overtaken) {
    const { theirs, onMine, onTheirs } = overtaken;
    const decided = (how: () => void, said: string) => () => {
      how();
      announce(said);
    };
    return (
      <ConflictDialog
        {...overtaken}
        draft={draft}
        onMine={decided(onMine, t('conflict.keptMine', { version: theirs.version }))}
        onTheirs={decided(onTheirs, t('conflict.tookTheirs', { version: theirs.version }))}
      />
    );
  }
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'bind':
      return <BindingDialog spot={dialog.spot} onClose={close} />;
    case 'save':
      return (
        <ReasonModal title={t('save.title')} okText={t('header.save')} onOk={save} onClose={close} width={620}>
          <DifferenceList changes={differences(draft.base, draft.body, nameOf)} />
        </ReasonModal>
      );
    case 'approve':
      return (
        <ReasonModal title={t('approve.title', { version: revision.version })} okText={t('header.approve')} onOk={approve} onClose={close}>
          <p>{t('approve.note', { author: revision.author, reason: revision.reason })}</p>
        </ReasonModal>
      );
    case 'journey':
      return <RulesDialog onClose={close} />;
    case 'find':
      return <FindPlace onClose={close} />;
    case 'customers':
      return <CustomersDialog {...dialog} onClose={close} />;
    case 'walkers':
      return <WalkersDialog {...dialog} onClose={close} />;
    case 'formula':
      return <FormulaDialog spot={dialog.spot} onClose={close} />;
  }
}

/**
 * Gives the focus back when a dialog closes: to what had it last outside of
 * dialogs and menus, else to the stage or step the dialog was about.
 */
function useFocusBack(dialog: Dialog | null): void {
  const last = useRef<HTMLElement>(null);
  const about = useRef<Dialog>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !target.closest('[role="dialog"], [role="menu"]')) last.current = target;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);
  useEffect(() => {
    if (dialog) {
      about.current = dialog;
      return;
    }
    const closed = about.current;
    if (!closed) return;
    about.current = null;
    // What the dialog did may have moved the focus on already.
    if (document.activeElement !== document.body) return;
    last.current?.focus({ preventScroll: true });
    if (document.activeElement !== document.body) return;
    if (closed.kind === 'bind' || closed.kind === 'formula') focusSpot(closed.spot);
    else if (closed.kind === 'customers') focusSpot(closed);
  }, [dialog]);
}

// The hand that draws: operations, undo and redo, each said aloud.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, LocalizedText, Revision } from '../api/types';
import { useDrawing as useHand, type Drawing as Hand } from '../drawing/useDrawing';
import { drafts } from './model/draft';
import { findStage, findStep, spotOf, type Operation } from './model/operation';

type Name = (part: { id: string; name?: LocalizedText }) => string;

export interface Drawing extends Omit<Hand<Journey, Operation>, 'perform'> {
  /** Does it, or says that it cannot be done where there is none. */
  perform: (operation: Operation | null) => void;
  /** What an operation does to the drawing, in words. */
  say: (operation: Operation) => string;
}

export function useDrawing(revision: Revision<Journey>, nameOf: Name, announce: (text: string) => void): Drawing {
  const { t } = useTranslation('board');
  const hand = useHand(drafts, revision);
  const { draft, perform, undo, redo } = hand;
  const journey = draft.body;

  const say = useCallback(
    (operation: Operation): string => {
      const spot = spotOf(operation) ?? (operation.do === 'deleteStage' ? { stage: operation.stage } : null);
      const stage = spot && findStage(journey, spot.stage);
      const subject = 'step' in operation && typeof operation.step === 'string' && 'stage' in operation ? { stage: String(operation.stage), step: operation.step } : null;
      const step = subject && findStep(journey, subject);
      const names = { stage: stage ? nameOf(stage) : '', step: step ? nameOf(step) : '' };
      switch (operation.do) {
        case 'addStage':
          return t('said.addStage', { stage: nameOf(operation.stage) });
        case 'addStep':
          return t('said.addStep', { step: nameOf(operation.step), stage: names.stage });
        case 'moveStage':
          return t('said.moveStage', { ...names, place: operation.to + 1, of: journey.stages.length });
        case 'moveStep':
          return t('said.moveStep', { ...names, place: operation.to + 1 });
        case 'deleteStage':
          return t('said.deleteStage', names);
        case 'deleteStep':
          return t('said.deleteStep', names);
        case 'editStage':
          return 'folded' in operation.patch ? t(operation.patch.folded ? 'said.fold' : 'said.unfold', names) : t('said.edit');
        case 'edit':
        case 'editStep':
          return t('said.edit');
      }
    },
    [journey, nameOf, t],
  );
  const performAndSay = useCallback(
    (operation: Operation | null) => {
      if (operation) perform(operation);
      announce(operation ? say(operation) : t('said.impossible'));
    },
    [perform, say, announce, t],
  );
  const [canUndo, canRedo] = [draft.done.length > 0, draft.undone.length > 0];
  const undoAndSay = useCallback(() => {
    undo();
    announce(t(canUndo ? 'said.undo' : 'said.nothingToUndo'));
  }, [undo, canUndo, announce, t]);
  const redoAndSay = useCallback(() => {
    redo();
    announce(t(canRedo ? 'said.redo' : 'said.nothingToRedo'));
  }, [redo, canRedo, announce, t]);

  return { ...hand, perform: performAndSay, undo: undoAndSay, redo: redoAndSay, say };
}

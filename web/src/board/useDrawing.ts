// The hand that draws: operations, undo and redo, each said aloud.
import { useCallback, useEffect, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, LocalizedText, Revision } from '../api/types';
import { isDirty, perform, rebase, redo, startDraft, undo, type Draft } from './model/draft';
import { findStage, findStep, spotOf, type Operation } from './model/operation';

type Act =
  | { act: 'perform'; operation: Operation }
  | { act: 'undo' }
  | { act: 'redo' }
  | { act: 'start'; revision: Revision<Journey> }
  | { act: 'rebase'; revision: Revision<Journey> };

function reduce(draft: Draft, action: Act): Draft {
  switch (action.act) {
    case 'perform':
      return perform(draft, action.operation);
    case 'undo':
      return undo(draft);
    case 'redo':
      return redo(draft);
    case 'start':
      return startDraft(action.revision.body, action.revision.version);
    case 'rebase':
      return rebase(draft, action.revision.body, action.revision.version).draft;
  }
}

type Name = (part: { id: string; name?: LocalizedText }) => string;

export interface Drawing {
  draft: Draft;
  dirty: boolean;
  perform: (operation: Operation | null) => void;
  undo: () => void;
  redo: () => void;
  /** What an operation does to the drawing, in words. */
  say: (operation: Operation) => string;
  /** Throws the draft away and starts from a revision. */
  start: (revision: Revision<Journey>) => void;
  /** Puts a newer revision under the draft. */
  rebase: (revision: Revision<Journey>) => void;
}

/**
 * A revision that arrives while nothing is drawn is simply shown; with work on
 * the table it waits until saving, where the two versions meet.
 */
export function useDrawing(revision: Revision<Journey>, nameOf: Name, announce: (text: string) => void): Drawing {
  const { t } = useTranslation('board');
  const [draft, act] = useReducer(reduce, revision, (first) => startDraft(first.body, first.version));
  const dirty = isDirty(draft);

  useEffect(() => {
    if (!dirty && revision.version > draft.version) act({ act: 'start', revision });
  }, [dirty, revision, draft.version]);

  const { journey } = draft;
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
      if (operation) act({ act: 'perform', operation });
      announce(operation ? say(operation) : t('said.impossible'));
    },
    [say, announce, t],
  );
  const [canUndo, canRedo] = [draft.done.length > 0, draft.undone.length > 0];
  const undoAndSay = useCallback(() => {
    act({ act: 'undo' });
    announce(t(canUndo ? 'said.undo' : 'said.nothingToUndo'));
  }, [canUndo, announce, t]);
  const redoAndSay = useCallback(() => {
    act({ act: 'redo' });
    announce(t(canRedo ? 'said.redo' : 'said.nothingToRedo'));
  }, [canRedo, announce, t]);

  return {
    draft,
    dirty,
    perform: performAndSay,
    undo: undoAndSay,
    redo: redoAndSay,
    say,
    start: (from) => act({ act: 'start', revision: from }),
    rebase: (onto) => act({ act: 'rebase', revision: onto }),
  };
}

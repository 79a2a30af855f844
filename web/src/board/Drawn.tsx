// A journey, drawn: wires the drawing, its numbers and the address together and
// lays the screen out.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, LocalizedText, Revision } from '../api/types';
import { useMay } from '../app/permission';
import { usePhone } from '../app/preferences';
import { sessionQuery } from '../app/queries';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { EmptyState } from '../ui/States';
import { Header } from './Header';
import { Dialogs } from './Dialogs';
import { MeasureFault } from './MeasureFault';
import { LeakSentence } from './LeakSentence';
import { Canvas } from './canvas/Canvas';
import { StageList } from './canvas/StageList';
import { Drawer } from './drawer/Drawer';
import { FilterBar } from './filter/FilterBar';
import { FlowView } from './flow/FlowView';
import { TableView } from './table/TableView';
import { parseAddress, searchOf, type Address } from './model/address';
import { worstLeak } from './model/leak';
import { findStage, findStep, type Spot } from './model/operation';
import { dayOf } from './model/period';
import { questionBefore, questionOf } from './model/question';
import { BoardContext, type Board, type Dialog } from './useBoard';
import { useDrawing } from './useDrawing';
import { useBoardKeys } from './useBoardKeys';
import { useFolding } from './useFolding';
import { useLeaving } from './useLeaving';
import { useMeasure, useSettled } from './useMeasure';
import styles from './Board.module.css';

interface DrawnProps {
  revision: Revision<Journey>;
  onSaved: (revision: Revision<Journey>) => void;
}

export function Drawn({ revision, onSaved }: DrawnProps) {
  const { t } = useTranslation('board');
  const locale = useLocale();
  const phone = usePhone();
  const { data: session } = useQuery(sessionQuery);
  const [said, announce] = useState('');
  const [dialog, open] = useState<Dialog | null>(null);
  const [renaming, rename] = useState<Spot>();
  const nameOf = useCallback((part: { id: string; name?: LocalizedText }) => pick(part.name, locale).text || part.id, [locale]);

  const { address, go } = useAddress();
  const drawing = useDrawing(revision, nameOf, announce);
  const { draft } = drawing;
  const { journey } = draft;
  const mayEdit = useMay('editor');
  const editing = mayEdit && address.edit;
  useLeaving(drawing.dirty);

  const drawnNow = useSettled(journey);
  // The stored revision the draft stands on, which may be older than the current one.
  const base = useMemo(() => ({ ...revision, body: draft.base, version: draft.version }), [revision, draft.base, draft.version]);
  const question = useMemo(() => questionOf(base, drawnNow, address), [base, drawnNow, address]);
  const measured = useMeasure(question);
  const { answer } = measured;
  const [opened] = useState(() => new Date());
  const today = dayOf(answer?.asOf ?? opened, session?.workspace.timezone ?? 'UTC');
  const earlier = useMemo(() => questionBefore(question, address, today), [question, address, today]);
  const { answer: before } = useMeasure(earlier);
  const leak = useMemo(() => (answer ? worstLeak(journey, answer, before) : null), [journey, answer, before]);

  const folding = useFolding(journey, editing, drawing.perform);
  const select = useCallback((at: Spot | undefined) => go({ at }), [go]);

  const board: Board = {
    revision,
    draft,
    journey,
    editing,
    mayEdit,
    dirty: drawing.dirty,
    perform: drawing.perform,
    undo: drawing.undo,
    redo: drawing.redo,
    address,
    go,
    select,
    today,
    question,
    answer,
    before,
    comparing: earlier !== null,
    late: measured.late,
    leak,
    ...folding,
    renaming,
    rename,
    open,
    announce,
    nameOf,
  };
  useBoardKeys(board, dialog !== null);
  const blank = journey.stages.length === 0 && !editing;
  const selected = address.at && (address.at.step ? findStep(journey, address.at) : findStage(journey, address.at.stage)) ? address.at : undefined;

  return (
    <BoardContext value={board}>
      <Header />
      <FilterBar measured={measured} />
      <div className={styles.body}>
        <div className={styles.middle} data-board-print="" id="board-picture" aria-busy={measured.loading}>
          {measured.error && <MeasureFault error={measured.error} retry={measured.retry} />}
          {!blank && !(address.view === 'flow' && address.path) && <LeakSentence />}
          {blank ? (
            <EmptyState
              title={t('state.blank')}
              action={
                mayEdit && (
                  <Button type="primary" onClick={() => go({ edit: true })}>
                    {t('header.draw')}
                  </Button>
                )
              }
            >
              {t('state.blankHint')}
            </EmptyState>
          ) : address.view === 'table' ? <TableView /> : address.view === 'flow' ? <FlowView /> : phone ? <StageList /> : <Canvas />}
        </div>
        {selected && <Drawer key={`${selected.stage}/${selected.step ?? ''}`} spot={selected} />}
      </div>
      <div className="visually-hidden" role="status" aria-live="polite" aria-label={t('said.title')}>
        {said}
      </div>
      <Dialogs dialog={dialog} close={() => open(null)} drawing={drawing} onSaved={onSaved} />
    </BoardContext>
  );
}

function useAddress(): { address: Address; go: (change: Partial<Address>) => void } {
  const search = useSearch({ from: '/inside/journeys/$id' });
  const navigate = useNavigate();
  const address = useMemo(() => parseAddress(search), [search]);
  const go = useCallback(
    (change: Partial<Address>) =>
      void navigate({
        to: '.',
        search: (now) => searchOf({ ...parseAddress(now as Record<string, string | undefined>), ...change }),
        replace: !('view' in change || 'edit' in change || 'path' in change),
        resetScroll: false,
      }),
    [navigate],
  );
  return { address, go };
}

// A journey, drawn: wires the drawing, its numbers and the address together and
// lays the screen out.
import { Button } from 'antd';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, LocalizedText, Revision } from '../api/types';
import { useMay } from '../app/permission';
import { usePhone } from '../app/preferences';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { EmptyState } from '../ui/States';
import { Header } from './Header';
import { Dialogs } from './Dialogs';
import { MeasureFault } from './MeasureFault';
import { LeakSentence } from './LeakSentence';
import { Measuring } from './Measuring';
import { Canvas } from './canvas/Canvas';
import { StageList } from './canvas/StageList';
import { Drawer } from './drawer/Drawer';
import { FilterBar } from './filter/FilterBar';
import { FlowView } from './flow/FlowView';
import { TableView } from './table/TableView';
import { parseAddress, searchOf, type Address } from './model/address';
import { findStage, findStep, type Spot } from './model/operation';
import { SheetContext, useNumbers, type Dialog, type Sheet } from './useBoard';
import { useDrawing } from './useDrawing';
import { useBoardKeys } from './useBoardKeys';
import { useFolding } from './useFolding';
import { useLeaving } from './useLeaving';
import styles from './Board.module.css';

interface DrawnProps {
  revision: Revision<Journey>;
  onSaved: (revision: Revision<Journey>) => void;
}

export function Drawn({ revision, onSaved }: DrawnProps) {
  const { t } = useTranslation('board');
  const locale = useLocale();
  const phone = usePhone();
  // What is said is written where it is heard: the board is not drawn again for it.
  const said = useRef<HTMLDivElement>(null);
  const announce = useCallback((text: string) => {
    if (said.current) said.current.textContent = text;
  }, []);
  const [dialog, open] = useState<Dialog | null>(null);
  const [renaming, rename] = useState<Spot>();
  const nameOf = useCallback((part: { id: string; name?: LocalizedText }) => pick(part.name, locale).text || part.id, [locale]);

  const { address, go } = useAddress();
  const drawing = useDrawing(revision, nameOf, announce);
  const { draft, dirty, perform, undo, redo, say } = drawing;
  const journey = draft.body;
  const mayEdit = useMay('editor');
  const editing = mayEdit && address.edit;
  useLeaving(dirty);

  const folding = useFolding(journey, editing, perform);
  const select = useCallback((at: Spot | undefined) => go({ at }), [go]);

  const sheet = useMemo<Sheet>(
    () => ({ revision, draft, journey, editing, mayEdit, dirty, perform, undo, redo, address, go, select, ...folding, renaming, rename, open, announce, say, nameOf }),
    [revision, draft, journey, editing, mayEdit, dirty, perform, undo, redo, address, go, select, folding, renaming, announce, say, nameOf],
  );
  useBoardKeys(sheet, dialog !== null);
  const blank = journey.stages.length === 0 && !editing;
  const selected = address.at && (address.at.step ? findStep(journey, address.at) : findStage(journey, address.at.stage)) ? address.at : undefined;

  return (
    <SheetContext value={sheet}>
      <Measuring>
        <Header />
        <FilterBar />
        <div className={styles.body}>
          <Middle>
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
          </Middle>
          {selected && <Drawer key={`${selected.stage}/${selected.step ?? ''}`} spot={selected} />}
        </div>
        <div ref={said} className="visually-hidden" role="status" aria-live="polite" aria-label={t('said.title')} />
        <Dialogs dialog={dialog} close={() => open(null)} drawing={drawing} onSaved={onSaved} />
      </Measuring>
    </SheetContext>
  );
}

/** The board itself, under what went wrong with its numbers. */
function Middle({ children }: { children: ReactNode }) {
  const { loading, error, retry } = useNumbers();
  return (
    <div className={styles.middle} data-board-print="" id="board-picture" aria-busy={loading}>
      {error && <MeasureFault error={error} retry={retry} />}
      {children}
    </div>
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

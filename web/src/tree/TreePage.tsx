// One tree: what it says in a sentence, and all its numbers drawn or in a table; an
// editor draws it here, and the numbers follow.
import { EditOutlined, MoreOutlined, RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Grain } from '../api/metric';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { usePhone } from '../app/preferences';
import { InPlace } from '../board/canvas/InPlace';
import { MeasureFault } from '../board/MeasureFault';
import { renamed } from '../board/model/naming';
import { useLeaving } from '../board/useLeaving';
import { useDrawing, type Drawing } from '../drawing/useDrawing';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { parseChoice, searchOfChoice } from '../why/useChoice';
import { WhyPanel } from '../why/WhyPanel';
import { NodeDrawer } from './drawer/NodeDrawer';
import { PartDrawer } from './edit/PartDrawer';
import { Said } from './edit/Said';
import { Saving } from './edit/Saving';
import { Toolbar } from './edit/Toolbar';
import { FindMetric } from './FindMetric';
import { objectiveKey, strategyKey } from './model/arrange';
import { filtersOf, parseAddress, searchOf, type Address, type Search } from './model/address';
import type { TreeDefinition } from './model/definition';
import { drafts } from './model/draft';
import { starOf } from './model/figures';
import type { Operation } from './model/operation';
import type { Place } from './matrix/model';
import { TreeFilters } from './TreeFilters';
import { TreeSentence } from './TreeSentence';
import { EditingContext, type Editing } from './useEditing';
import { useMeasuredDraft } from './useMeasuredDraft';
import { treesQuery } from './useTree';
import { useTreeKeys } from './useTreeKeys';
import { drawnBy } from './views';
import styles from './Tree.module.css';

interface TreePageProps {
  revision: Revision<TreeDefinition>;
  onSaved: (revision: Revision<TreeDefinition>) => void;
}

export function TreePage({ revision, onSaved }: TreePageProps) {
  const { t } = useTranslation('tree');
  const phone = usePhone();
  const { address, go } = useAddress();
  const [dialog, open] = useState<'find' | 'approve' | 'save' | null>(null);
  const mayEdit = useMay('editor');
  const isEditing = mayEdit && address.edit;
  const drawing = useDrawing(drafts, revision);
  const { draft, dirty, perform } = drawing;
  useLeaving(dirty);
  const { answer, metrics, faults, faultsByCard, error, retry, measuring } = useMeasuredDraft(revision, draft, dirty, isEditing, filtersOf(address));
  const select = useCallback((metric: string | undefined) => go({ metric }), [go]);
  useTreeKeys({ address, go, drawing: isEditing ? drawing : null, find: () => open('find'), off: dialog !== null });
  const editing = useMemo<Editing | null>(
    () => (isEditing ? { tree: draft.body, base: draft.base, metrics, answer, faults, perform, select } : null),
    [isEditing, draft.body, draft.base, metrics, answer, faults, perform, select],
  );
  const node = answer?.nodes.find(({ metric }) => metric === address.metric);
  const part = partOf(draft.body, address.metric);
  // The tree itself, and not one of the views that say what they found.
  const isDrawing = address.view === 'tree' || address.view === 'table';
  // Why the selected metric moved; while nothing is selected, the star.
  const explained = isDrawing && !isEditing && answer ? (node ?? starOf(answer)) : undefined;
  const ask = ({ objective }: Place) => go({ view: 'tree', edit: true, metric: objectiveKey(objective) });
  // On a phone the table is the tree: nothing there is wider than the screen.
  const Drawn = drawnBy[phone && address.view === 'tree' ? 'table' : address.view];
  return (
    <EditingContext value={editing}>
      <Header revision={revision} drawing={drawing} isEditing={isEditing} onEdit={(edit) => go({ edit })} onSave={() => open('save')} onApprove={() => open('approve')} />
      <TreeFilters address={address} go={go} answer={answer} late={measuring} onFind={() => open('find')} />
      <div className={styles.body} data-page="">
        <div className={styles.middle} data-scrolls="" aria-busy={measuring}>
          {error && <MeasureFault error={error} retry={retry} />}
          {answer ? (
            <>
              {isDrawing && <TreeSentence answer={answer} onOpenStar={() => go({ view: 'star' })} />}
              <Toolbar inTree={answer.nodes.map(({ metric }) => metric)} filters={filtersOf(address)} />
              <Suspense fallback={<RowsSkeleton rows={8} />}>
                <Drawn answer={answer} selected={address.metric} onSelect={select} faults={faultsByCard} {...(mayEdit && { onAsk: ask })} />
              </Suspense>
              {explained && <WhyPanel key={explained.metric} metric={explained.metric} periods={explained.periods} grain={answer.grain as Grain} {...(address.asOf && { asOf: address.asOf })} {...(address.segment && { segment: address.segment })} />}
            </>
          ) : (
            !error && <RowsSkeleton rows={8} />
          )}
        </div>
        {node && answer && <NodeDrawer key={node.metric} node={node} answer={answer} address={address} onSelect={select} />}
        {part && editing && <PartDrawer key={address.metric} {...part} />}
      </div>
      {isEditing && <Said draft={draft} />}
      {dialog === 'find' && answer && <FindMetric answer={answer} onGo={select} onClose={() => open(null)} />}
      <Saving isOpen={dialog === 'save'} drawing={drawing} onSaved={onSaved} onClose={() => open(null)} />
      {dialog === 'approve' && (
        <ReasonModal
          title={t('approve.title', { version: revision.version })}
          okText={t('header.approve')}
          onOk={async (reason) => onSaved(await api.post<Revision<TreeDefinition>>(`/definitions${pathOf('Tree', revision.id)}/approve`, { version: revision.version, reason }))}
          onClose={() => open(null)}
        >
          <p>{t('approve.note', { author: revision.author, reason: revision.reason })}</p>
        </ReasonModal>
      )}
    </EditingContext>
  );
}

/** The objective or strategy that a key names. */
function partOf(tree: TreeDefinition, key: string | undefined) {
  for (const objective of tree.objectives ?? []) {
    if (key === objectiveKey(objective.id)) return { objective, strategy: undefined };
    const strategy = objective.strategies?.find(({ id }) => key === strategyKey(objective.id, id));
    if (strategy) return { objective, strategy };
  }
  return null;
}

interface HeaderProps {
  revision: Revision<TreeDefinition>;
  drawing: Drawing<TreeDefinition, Operation>;
  isEditing: boolean;
  onEdit: (edit: boolean) => void;
  onSave: () => void;
  onApprove: () => void;
}

function Header({ revision, drawing, isEditing, onEdit, onSave, onApprove }: HeaderProps) {
  const { t } = useTranslation('tree');
  const locale = useLocale();
  const format = useFormat();
  const navigate = useNavigate();
  const phone = usePhone();
  const mayEdit = useMay('editor');
  const { data: trees } = useQuery(treesQuery);
  const others = (trees?.items ?? []).filter(({ id }) => id !== revision.id);
  const { draft, dirty } = drawing;
  const { name } = draft.body;
  const items = [
    ...(phone ? [{ key: 'metrics', label: t('header.metrics'), onClick: () => void navigate({ to: '/metric', search: {} }) }] : []),
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Tree', id: revision.id }, search: {} }) },
    ...others.map((tree) => ({ key: `tree:${tree.id}`, label: t('header.other', { name: pick(tree.name, locale).text || tree.id }), onClick: () => void navigate({ to: '/trees/$id', params: { id: tree.id }, search: {} }) })),
    ...(mayEdit ? [{ key: 'begin', label: t('header.begin'), onClick: () => void navigate({ to: '/trees', search: { begin: '1' } }) }] : []),
  ];
  return (
    <PageHeader
      title={
        isEditing ? (
          <InPlace value={pick(name, locale).text} label={t('edit.name')} onSave={(to) => drawing.perform({ do: 'edit', patch: { name: renamed(name, locale, to) } })} />
        ) : (
          <Localized text={name} fallback={revision.id} />
        )
      }
      documentTitle={pick(name, locale).text || revision.id}
      badge={<StatusBadge status={revision.status} deleted={revision.deleted} />}
      meta={
        <span title={revision.reason}>
          {t('header.version', { version: draft.version, author: revision.author, date: format.date(revision.at) })}
          {dirty && <b> · {t('header.unsaved')}</b>}
        </span>
      }
      actions={
        <>
          {isEditing && (
            <>
              <Button type="text" icon={<UndoOutlined aria-hidden />} aria-label={t('header.undo')} title={`${t('header.undo')} (Ctrl+Z)`} disabled={draft.done.length === 0} onClick={drawing.undo} />
              <Button type="text" icon={<RedoOutlined aria-hidden />} aria-label={t('header.redo')} title={`${t('header.redo')} (Ctrl+Shift+Z)`} disabled={draft.undone.length === 0} onClick={drawing.redo} />
            </>
          )}
          {!phone && !isEditing && (
            <LinkButton to="/metric" search={{}}>
              {t('header.metrics')}
            </LinkButton>
          )}
          {mayEdit && !dirty && !isEditing && revision.status === 'proposed' && !revision.deleted && <Button onClick={onApprove}>{t('header.approve')}</Button>}
          {dirty && (
            <Button type="primary" onClick={onSave}>
              {t('edit.save')}
            </Button>
          )}
          {mayEdit && (
            <Button type={isEditing ? 'default' : 'primary'} icon={isEditing ? undefined : <EditOutlined aria-hidden />} aria-pressed={isEditing} onClick={() => onEdit(!isEditing)}>
              {t(isEditing ? 'header.read' : 'header.draw')}
            </Button>
          )}
          <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
            <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
          </Dropdown>
        </>
      }
    />
  );
}

function useAddress(): { address: Address; go: (change: Partial<Address>) => void } {
  const search = useSearch({ from: '/inside/trees/$id' });
  const navigate = useNavigate();
  const address = useMemo(() => parseAddress(search), [search]);
  const go = useCallback(
    (change: Partial<Address>) =>
      void navigate({
        to: '.',
        search: (now: Search) => ({
          ...searchOf({ ...parseAddress(now), ...change }),
          // What is asked about a move stays while it is the same metric's.
          ...(!('metric' in change || 'grain' in change || 'asOf' in change) && searchOfChoice(parseChoice(now))),
        }),
        replace: !('view' in change || 'edit' in change),
        resetScroll: false,
      }),
    [navigate],
  );
  return { address, go };
}

// One tree: what it says in a sentence, and all its numbers drawn or in a table.
import { MoreOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { lazy, Suspense, useCallback, useMemo, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { TreeAnswer } from '../api/tree';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { usePhone } from '../app/preferences';
import { MeasureFault } from '../board/MeasureFault';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { NodeDrawer } from './drawer/NodeDrawer';
import { FindMetric } from './FindMetric';
import { filtersOf, parseAddress, searchOf, type Address, type View } from './model/address';
import type { TreeDefinition } from './model/definition';
import { TreeTable } from './table/TreeTable';
import { TreeFilters } from './TreeFilters';
import { TreeSentence } from './TreeSentence';
import { treesQuery, useTree } from './useTree';
import { useTreeKeys } from './useTreeKeys';
import styles from './Tree.module.css';

const Canvas = lazy(() => import('./canvas/Canvas'));

interface TreePageProps {
  revision: Revision<TreeDefinition>;
  onSaved: (revision: Revision<TreeDefinition>) => void;
}

export interface ViewProps {
  answer: TreeAnswer;
  selected: string | undefined;
  onSelect: (metric: string | undefined) => void;
}

/** What each view is drawn by. */
const drawnBy: Record<View, ComponentType<ViewProps>> = { tree: Canvas, table: TreeTable };

export function TreePage({ revision, onSaved }: TreePageProps) {
  const { t } = useTranslation('tree');
  const phone = usePhone();
  const { address, go } = useAddress();
  const [dialog, open] = useState<'find' | 'approve' | null>(null);
  const { data: answer, error, refetch, isFetching } = useTree({ treeId: revision.id, version: revision.version, ...filtersOf(address) });
  const select = useCallback((metric: string | undefined) => go({ metric }), [go]);
  useTreeKeys({ address, go, find: () => open('find'), off: dialog !== null });
  const node = answer?.nodes.find(({ metric }) => metric === address.metric);
  // On a phone the table is the tree: nothing there is wider than the screen.
  const Drawn = drawnBy[phone && address.view === 'tree' ? 'table' : address.view];
  return (
    <>
      <Header revision={revision} onApprove={() => open('approve')} />
      <TreeFilters address={address} go={go} answer={answer} late={isFetching} onFind={() => open('find')} />
      <div className={styles.body} data-page="">
        <div className={styles.middle} data-scrolls="" aria-busy={isFetching}>
          {error && <MeasureFault error={error} retry={() => void refetch()} />}
          {answer ? (
            <>
              <TreeSentence answer={answer} onSelect={select} />
              <Suspense fallback={<RowsSkeleton rows={8} />}>
                <Drawn answer={answer} selected={address.metric} onSelect={select} />
              </Suspense>
            </>
          ) : (
            !error && <RowsSkeleton rows={8} />
          )}
        </div>
        {node && answer && <NodeDrawer key={node.metric} node={node} answer={answer} address={address} onSelect={select} />}
      </div>
      {dialog === 'find' && answer && <FindMetric answer={answer} onGo={select} onClose={() => open(null)} />}
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
    </>
  );
}

function Header({ revision, onApprove }: { revision: Revision<TreeDefinition>; onApprove: () => void }) {
  const { t } = useTranslation('tree');
  const locale = useLocale();
  const format = useFormat();
  const navigate = useNavigate();
  const phone = usePhone();
  const mayEdit = useMay('editor');
  const { data: trees } = useQuery(treesQuery);
  const others = (trees?.items ?? []).filter(({ id }) => id !== revision.id);
  const { name } = revision.body;
  const items = [
    ...(phone ? [{ key: 'metrics', label: t('header.metrics'), onClick: () => void navigate({ to: '/metric', search: {} }) }] : []),
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Tree', id: revision.id }, search: {} }) },
    ...others.map((tree) => ({ key: `tree:${tree.id}`, label: t('header.other', { name: pick(tree.name, locale).text || tree.id }), onClick: () => void navigate({ to: '/trees/$id', params: { id: tree.id }, search: {} }) })),
    ...(mayEdit ? [{ key: 'begin', label: t('header.begin'), onClick: () => void navigate({ to: '/trees', search: { begin: '1' } }) }] : []),
  ];
  return (
    <PageHeader
      title={<Localized text={name} fallback={revision.id} />}
      documentTitle={pick(name, locale).text || revision.id}
      badge={<StatusBadge status={revision.status} deleted={revision.deleted} />}
      meta={<span title={revision.reason}>{t('header.version', { version: revision.version, author: revision.author, date: format.date(revision.at) })}</span>}
      actions={
        <>
          {!phone && (
            <LinkButton to="/metric" search={{}}>
              {t('header.metrics')}
            </LinkButton>
          )}
          {mayEdit && revision.status === 'proposed' && !revision.deleted && <Button onClick={onApprove}>{t('header.approve')}</Button>}
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
        search: (now) => searchOf({ ...parseAddress(now as Record<string, string | undefined>), ...change }),
        replace: !('view' in change),
        resetScroll: false,
      }),
    [navigate],
  );
  return { address, go };
}

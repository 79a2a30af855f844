// A dashboard: looked at, and put together.
import { MoreOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { AsOfChip } from '../board/filter/AsOfChip';
import bar from '../board/filter/FilterBar.module.css';
import { SegmentChip } from '../board/filter/SegmentChoice';
import { useScope } from '../board/filter/useScope';
import { searchOfScope, type Scope } from '../board/model/scope';
import { useLeaving } from '../board/useLeaving';
import { useDrawing } from '../drawing/useDrawing';
import { useSaving } from '../drawing/useSaving';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { isTyping, useKeys } from '../ui/KeyboardHelp';
import { BackLink } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { EmptyState } from '../ui/States';
import { adding, drafts } from './draft';
import { Grid } from './Grid';
import { stepsBetween, type Dashboard, type Tile } from './model';
import { NameDialog } from './NameDialog';
import { Overtaken } from './Overtaken';
import { dashboardQuery, writeDashboard } from './queries';
import { Share } from './Share';
import { TileDialog } from './TileDialog';
import { useStepWords } from './useTileName';
import styles from './Dashboards.module.css';

type Asking = 'save' | 'delete' | 'add' | 'name' | 'share' | Tile;

interface DashboardPageProps {
  revision: Revision<Dashboard>;
  onSaved: (revision: Revision<Dashboard>) => void;
}

export function DashboardPage({ revision, onSaved }: DashboardPageProps) {
  const { t } = useTranslation('dashboards');
  const { t: shell } = useTranslation('shell');
  const locale = useLocale();
  const mayEdit = useMay('editor');
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const words = useStepWords();
  const scope = useScope();
  const drawing = useDrawing(drafts, revision);
  const { draft, dirty, perform, start, undo, redo } = drawing;
  const search = useSearch({ from: '/inside/dashboards/$id' });
  const editing = mayEdit && (search.edit === '1' || dirty);
  const saving = useSaving(drawing, onSaved);
  const [asking, ask] = useState<Asking | null>(null);
  const dashboard = draft.body;
  const tiles = dashboard.tiles ?? [];
  const sharing = t(dashboard.shared ? 'share.unshare' : 'share.share');
  const name = pick(dashboard.name, locale).text || revision.id;

  useLeaving(dirty);
  useHistoryKeys(editing && asking === null && !saving.overtaken, undo, redo);
  useKeys(editing ? [{ keys: ['←', '→', '↑', '↓'], does: t('keys.move') }, { keys: ['Shift', '←→↑↓'], does: t('keys.resize') }, { keys: ['Delete'], does: t('keys.remove') }, { keys: ['Ctrl', 'Z'], does: t('keys.undo') }] : []);

  const go = (change: Scope & { edit?: boolean }) =>
    void navigate({ to: '/dashboards/$id', params: { id: revision.id }, search: { ...searchOfScope({ ...scope, ...change }), edit: (change.edit ?? editing) ? '1' : undefined }, replace: true });
  const close = () => ask(null);
  const save = async (reason: string) => {
    const next = await saving.write(reason);
    if (!next) return;
    go({ edit: false });
    void client.invalidateQueries({ queryKey: ['definitions'] });
    void message.success(t('save.done', { version: next.version }));
  };
  const share = async (reason: string) => {
    // Whatever somebody else saved since stays as it is: who sees it is apart from what is on it.
    const stored = await client.fetchQuery({ ...dashboardQuery(revision.id), staleTime: 0 });
    const next = await writeDashboard({ ...stored.body, shared: !dashboard.shared }, reason, stored.version);
    onSaved(next);
    void client.invalidateQueries({ queryKey: ['definitions'] });
    void message.success(t('save.done', { version: next.version }));
  };
  const remove = async (reason: string) => {
    await api.delete(`/definitions${pathOf('Dashboard', revision.id)}`, { reason }, { ifMatch: revision.version });
    void client.invalidateQueries({ queryKey: ['definitions'] });
    await navigate({ to: '/dashboards' });
  };
  const more = [
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Dashboard', id: revision.id }, search: {} }) },
    ...(mayEdit ? [{ key: 'delete', label: t('header.delete'), danger: true, onClick: () => ask('delete') }] : []),
  ];

  return (
    <>
      <PageHeader
        before={<BackLink to="/dashboards" label={t('toAll')} />}
        title={<Localized text={dashboard.name} fallback={revision.id} />}
        documentTitle={name}
        meta={dirty ? <b className={styles.dirty}>{t('header.unsaved')}</b> : `${shell('version', { version: revision.version })} · ${revision.author} · ${t(dashboard.shared ? 'isShared' : 'isOwn')}`}
        actions={
          editing ? (
            <>
              <Button onClick={() => ask('add')}>{t('header.add')}</Button>
              <Button onClick={undo} disabled={draft.done.length === 0}>{t('header.undo')}</Button>
              <Button onClick={() => { start(revision); go({ edit: false }); }}>{t(dirty ? 'header.discard' : 'header.done')}</Button>
              <Button type="primary" disabled={!dirty} onClick={() => ask('save')}>{t('header.save')}</Button>
              <Dropdown menu={{ items: [{ key: 'name', label: t('header.name'), onClick: () => ask('name') }, { key: 'redo', label: t('header.redo'), disabled: draft.undone.length === 0, onClick: redo }] }} trigger={['click']}>
                <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
              </Dropdown>
            </>
          ) : (
            <>
              <Share dashboard={dashboard} {...(mayEdit && { onShare: () => ask('share') })} />
              {mayEdit && <Button type="primary" onClick={() => go({ edit: true })}>{t('header.edit')}</Button>}
              <Dropdown menu={{ items: more }} trigger={['click']}>
                <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
              </Dropdown>
            </>
          )
        }
      />
      {tiles.length > 0 && (
        <div className={bar.bar} role="toolbar" aria-label={t('scope')}>
          <div className={bar.chips}>
            <AsOfChip asOf={scope.asOf} note={t('asOfNote')} onTake={(asOf) => go({ asOf })} />
            <SegmentChip segment={scope.segment} onTake={(segment) => go({ segment })} />
          </div>
        </div>
      )}
      <PageBody>
        {pick(dashboard.description, locale).text && <p className={styles.lead}><Localized text={dashboard.description} /></p>}
        {!dashboard.shared && !editing && <p className={styles.private}>{t('private')}</p>}
        {tiles.length === 0 ? (
          <EmptyState
            title={t('bare.title')}
            action={mayEdit && <Button type="primary" onClick={() => { go({ edit: true }); ask('add'); }}>{t('header.add')}</Button>}
          >
            {t('bare.hint')}
          </EmptyState>
        ) : (
          <Grid
            tiles={tiles}
            {...(editing && {
              edit: {
                onMove: (id, place) => perform({ do: 'move', id, place }),
                onEdit: ask,
                onRemove: (id) => perform({ do: 'remove', id }),
              },
            })}
          />
        )}
      </PageBody>
      {asking === 'add' && <TileDialog onDone={(contents) => { perform(adding(dashboard, contents)); close(); }} onClose={close} />}
      {asking !== null && typeof asking === 'object' && (
        <TileDialog tile={asking} onDone={(contents) => { perform({ do: 'edit', id: asking.id, contents }); close(); }} onClose={close} />
      )}
      {asking === 'name' && <NameDialog dashboard={dashboard} onDone={(texts) => { perform({ do: 'say', texts }); close(); }} onClose={close} />}
      {asking === 'save' && <ReasonModal title={t('save.title')} okText={t('header.save')} proposed={stepsBetween(draft.base, dashboard).map(words).join(t('reason.and'))} onOk={save} onClose={close} />}
      {saving.overtaken && <Overtaken draft={draft} {...saving.overtaken} />}
      {asking === 'share' && (
        <ReasonModal title={sharing} okText={sharing} proposed={words({ what: dashboard.shared ? 'unshared' : 'shared' })} onOk={share} onClose={close}>
          <p>{t(dashboard.shared ? 'share.toOwn' : 'share.toAll')}</p>
        </ReasonModal>
      )}
      {asking === 'delete' && (
        <ReasonModal title={t('delete.title', { name })} okText={t('header.delete')} danger onOk={remove} onClose={close}>
          <p>{t('delete.means')}</p>
        </ReasonModal>
      )}
    </>
  );
}

/** Ctrl+Z takes the last change back, with Shift it comes again; typing keeps its own. */
function useHistoryKeys(active: boolean, undo: () => void, redo: () => void): void {
  const press = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || isTyping(event)) return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  });
  useEffect(() => {
    if (!active) return;
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [active]);
}

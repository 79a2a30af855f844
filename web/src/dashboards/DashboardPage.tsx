// A dashboard: looked at, and put together.
import { MoreOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { isTyping, useKeys } from '../ui/KeyboardHelp';
import { BackLink } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { EmptyState } from '../ui/States';
import { Grid } from './Grid';
import { added, moved, removed, replaced, stepsBetween, type Dashboard, type Tile } from './model';
import { NameDialog } from './NameDialog';
import { writeDashboard } from './queries';
import { Share } from './Share';
import { TileDialog } from './TileDialog';
import { useDraft } from './useDraft';
import { useReasonOf } from './useTileName';
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
  const reasonOf = useReasonOf();
  const editing = useSearch({ from: '/inside/dashboards/$id' }).edit === '1' && mayEdit;
  const draft = useDraft(revision.body);
  const [asking, ask] = useState<Asking | null>(null);
  const dashboard = editing ? draft.now : revision.body;
  const steps = stepsBetween(revision.body, draft.now);
  const dirty = editing && steps.length > 0;
  const tiles = dashboard.tiles ?? [];
  const name = pick(dashboard.name, locale).text || revision.id;

  useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname && !window.confirm(t('save.leave')),
    enableBeforeUnload: dirty,
  });
  useHistoryKeys(editing && asking === null, draft.undo, draft.redo);
  useKeys(editing ? [{ keys: ['←', '→', '↑', '↓'], does: t('keys.move') }, { keys: ['Shift', '←→↑↓'], does: t('keys.resize') }, { keys: ['Delete'], does: t('keys.remove') }, { keys: ['Ctrl', 'Z'], does: t('keys.undo') }] : []);

  const look = (edit: boolean) => void navigate({ to: '/dashboards/$id', params: { id: revision.id }, search: { edit: edit ? '1' : undefined }, replace: true });
  const edit = () => {
    draft.reset(revision.body);
    look(true);
  };
  const write = async (next: Dashboard, reason: string) => {
    const stored = await writeDashboard(next, reason, revision.version);
    onSaved(stored);
    draft.reset(stored.body);
    look(false);
    void client.invalidateQueries({ queryKey: ['definitions'] });
    void message.success(t('save.done', { version: stored.version }));
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
  const shared = { ...revision.body, shared: !revision.body.shared };

  return (
    <>
      <PageHeader
        before={<BackLink to="/dashboards" label={t('toAll')} />}
        title={<Localized text={dashboard.name} fallback={revision.id} />}
        documentTitle={name}
        meta={dirty ? <b className={styles.dirty}>{t('header.unsaved')}</b> : `${shell('version', { version: revision.version })} · ${revision.author} · ${t(revision.body.shared ? 'isShared' : 'isOwn')}`}
        actions={
          editing ? (
            <>
              <Button onClick={() => ask('add')}>{t('header.add')}</Button>
              <Button onClick={draft.undo} disabled={!draft.canUndo}>{t('header.undo')}</Button>
              <Button onClick={() => look(false)}>{t(dirty ? 'header.discard' : 'header.done')}</Button>
              <Button type="primary" disabled={!dirty} onClick={() => ask('save')}>{t('header.save')}</Button>
              <Dropdown menu={{ items: [{ key: 'name', label: t('header.name'), onClick: () => ask('name') }, { key: 'redo', label: t('header.redo'), disabled: !draft.canRedo, onClick: draft.redo }] }} trigger={['click']}>
                <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
              </Dropdown>
            </>
          ) : (
            <>
              <Share dashboard={revision.body} {...(mayEdit && { onShare: () => ask('share') })} />
              {mayEdit && <Button type="primary" onClick={edit}>{t('header.edit')}</Button>}
              <Dropdown menu={{ items: more }} trigger={['click']}>
                <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
              </Dropdown>
            </>
          )
        }
      />
      <PageBody>
        {pick(dashboard.description, locale).text && <p className={styles.lead}><Localized text={dashboard.description} /></p>}
        {!revision.body.shared && !editing && <p className={styles.private}>{t('private')}</p>}
        {tiles.length === 0 ? (
          <EmptyState
            title={t('bare.title')}
            action={mayEdit && <Button type="primary" onClick={() => { if (!editing) edit(); ask('add'); }}>{t('header.add')}</Button>}
          >
            {t('bare.hint')}
          </EmptyState>
        ) : (
          <Grid
            tiles={tiles}
            {...(editing && {
              edit: {
                onMove: (id, place) => draft.change(moved(draft.now, id, place)),
                onEdit: ask,
                onRemove: (id) => draft.change(removed(draft.now, id)),
              },
            })}
          />
        )}
      </PageBody>
      {asking === 'add' && <TileDialog onDone={(contents) => { draft.change(added(draft.now, contents)); ask(null); }} onClose={() => ask(null)} />}
      {asking !== null && typeof asking === 'object' && (
        <TileDialog tile={asking} onDone={(contents) => { draft.change(replaced(draft.now, { ...asking, ...contents })); ask(null); }} onClose={() => ask(null)} />
      )}
      {asking === 'name' && <NameDialog dashboard={draft.now} onDone={(next) => { draft.change(next); ask(null); }} onClose={() => ask(null)} />}
      {asking === 'save' && <ReasonModal title={t('save.title')} okText={t('header.save')} proposed={reasonOf(steps)} onOk={(reason) => write(draft.now, reason)} onClose={() => ask(null)} />}
      {asking === 'share' && (
        <ReasonModal title={t(shared.shared ? 'share.share' : 'share.unshare')} okText={t(shared.shared ? 'share.share' : 'share.unshare')} proposed={reasonOf(stepsBetween(revision.body, shared))} onOk={(reason) => write(shared, reason)} onClose={() => ask(null)}>
          <p>{t(shared.shared ? 'share.toAll' : 'share.toOwn')}</p>
        </ReasonModal>
      )}
      {asking === 'delete' && (
        <ReasonModal title={t('delete.title', { name })} okText={t('header.delete')} danger onOk={remove} onClose={() => ask(null)}>
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

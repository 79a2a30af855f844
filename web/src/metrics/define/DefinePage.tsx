// Making and editing a metric: the form or its text on one side, the number that it
// gives on the other.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Segmented } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, overtakenBy, pathOf } from '../../api/client';
import type { Metric } from '../../api/metric';
import type { Revision } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { BackLink } from '../../ui/Links';
import { PageBody, PageHeader } from '../../ui/PageHeader';
import { ReasonModal } from '../../ui/ReasonModal';
import { RowsSkeleton } from '../../ui/States';
import { ConflictDialog } from './ConflictDialog';
import { Dependents } from './Dependents';
import { Faults } from './Field';
import { Glance } from './Glance';
import { MetricForm } from './MetricForm';
import { apartFrom, byField, fieldsOf } from './model/faults';
import { idProblem } from './model/id';
import { mainCurrency } from './model/measures';
import { store } from './model/stored';
import { Preview } from './Preview';
import { useNamedMetrics } from './queries';
import { SaveDialog } from './SaveDialog';
import { DefineContext, type Define } from './useDefine';
import { useDraft } from './useDraft';
import { useDraftNumbers } from './useDraftNumbers';
import { useLeaving } from './useLeaving';
import styles from './Define.module.css';

const AsText = lazy(() => import('./AsText'));

type View = 'form' | 'text';
type Dialog = { kind: 'save' } | { kind: 'delete' } | { kind: 'conflict'; theirs: Revision<Metric> };

interface DefinePageProps {
  /** The metric that is edited; null: a new one. */
  revision: Revision<Metric> | null;
  onSaved: (revision: Revision<Metric>) => void;
}

export default function DefinePage({ revision, onSaved }: DefinePageProps) {
  const { t } = useTranslation('define');
  const locale = useLocale();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const search: { as?: string } = useSearch({ strict: false });
  const view: View = search.as === 'text' ? 'text' : 'form';
  const { draft, dirty, put, turn, replace, start, rebase } = useDraft(revision);
  const { metric } = draft;
  const isNew = revision === null;
  const metrics = useNamedMetrics();
  const numbers = useDraftNumbers(metric, revision && { id: revision.id, version: draft.version });
  const [readable, setReadable] = useState(true);
  const [tried, setTried] = useState(false); // to save it: from then on what is missing is a fault
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const side = useRef<HTMLElement>(null);
  useLeaving(dirty);

  const ownId = isNew ? idProblem(metric.id, metrics.map(({ id }) => id)) : metric.id === revision.id ? null : 'changed';
  const show = (next: View) => void navigate({ to: '.', search: { ...search, as: next === 'text' ? 'text' : undefined }, replace: true });
  const wrong = byField(tried ? numbers.faults : apartFrom(numbers.faults, numbers.missing), fieldsOf(metric));
  const define: Define = {
    metric,
    isNew,
    dirty,
    put,
    turn: (to) => turn(to, mainCurrency(metrics.map(({ unit }) => unit))),
    faultsAt: (path) => {
      if (path === 'id' && ownId) return tried || ownId !== 'empty' ? [{ message: t(`id.${ownId}`) }] : [];
      if (path === '' && tried && numbers.missing.includes('')) return [{ message: t('measures.none') }];
      return wrong.get(path) ?? [];
    },
    numbers,
    metrics,
    asText: () => show('text'),
  };

  const ready = readable && numbers.missing.length === 0 && numbers.faults.length === 0 && !ownId;
  const trySaving = () => {
    setTried(true);
    if (ready) setDialog({ kind: 'save' });
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-faulty="true"]')?.scrollIntoView({ block: 'center' }));
  };
  const goBack = (id: string | null) =>
    void (id === null ? navigate({ to: '/metric', search: {}, ignoreBlocker: true }) : navigate({ to: '/metric/$id', params: { id }, search: {}, ignoreBlocker: true }));
  const away = (id: string | null, said: string) => {
    store(revision?.id ?? null, null);
    void message.success(said);
    for (const key of ['definitions', 'metrics', 'trees']) void client.invalidateQueries({ queryKey: [key], refetchType: 'none' });
    goBack(id);
  };
  const save = async (reason: string) => {
    try {
      const saved = await api.put<Revision<Metric>>(`/definitions${pathOf('Metric', metric.id)}`, { body: metric, reason }, { ifMatch: draft.version });
      onSaved(saved);
      away(saved.id, t('save.done', { version: saved.version }));
    } catch (error) {
      const theirs = overtakenBy<Metric>(error);
      if (!theirs || isNew) throw error;
      setDialog({ kind: 'conflict', theirs });
    }
  };
  const remove = async (reason: string) => {
    if (!revision) return;
    await api.delete(`/definitions${pathOf('Metric', revision.id)}`, { reason }, { ifMatch: draft.version });
    away(null, t('delete.done'));
  };
  const discard = () => {
    if (dirty && !window.confirm(t('discardAsk'))) return;
    store(revision?.id ?? null, null);
    start();
    goBack(revision?.id ?? null);
  };
  const name = pick(metric.name, locale).text || metric.id;
  const astray = define.faultsAt('?');
  return (
    <DefineContext value={define}>
      <PageHeader
        before={revision ? <BackLink to="/metric/$id" params={{ id: revision.id }} search={{}} label={t('back')} /> : <BackLink to="/metric" search={{}} label={t('backToList')} />}
        title={name ? t(isNew ? 'title.newNamed' : 'title.edit', { name }) : t('title.new')}
        meta={!isNew && <>{t('version', { version: draft.version })}{dirty && <b> · {t('unsaved')}</b>}</>}
        actions={
          <>
            {revision && (
              <Button type="text" danger onClick={() => setDialog({ kind: 'delete' })}>
                {t('delete.open')}
              </Button>
            )}
            <Button onClick={discard}>{t(dirty ? 'discard' : 'close')}</Button>
            <Button type="primary" disabled={!dirty} onClick={trySaving}>
              {t('save.open')}
            </Button>
          </>
        }
      />
      <PageBody>
        {draft.resumed && dirty && (
          <p className={styles.notice}>
            {t('resumed')}{' '}
            <button type="button" className={styles.link} onClick={() => start(revision ?? undefined)}>
              {t('startOver')}
            </button>
          </p>
        )}
        {revision && revision.version > draft.version && <p className={styles.notice}>{t('overtaken', { author: revision.author, version: revision.version })}</p>}
        <div className={styles.page}>
          <div className={styles.left}>
            <Segmented<View> className={styles.views} value={view} options={(['form', 'text'] as const).map((value) => ({ value, label: t(`view.${value}`), disabled: !readable && value !== view }))} onChange={show} aria-label={t('view.label')} />
            <Glance onGo={() => side.current?.scrollIntoView({ block: 'start' })} />
            {astray.length > 0 && view === 'form' && (
              <div className={styles.astray}>
                <p>{t('astray')}</p>
                <Faults faults={astray} />
              </div>
            )}
            {view === 'form' ? (
              <MetricForm key={draft.seed} />
            ) : (
              <Suspense fallback={<RowsSkeleton rows={8} />}>
                <AsText key={draft.seed} onMetric={replace} onReadable={setReadable} />
              </Suspense>
            )}
          </div>
          <aside ref={side} className={styles.side}>
            <Preview />
            {revision && <Dependents id={revision.id} before="change" />}
          </aside>
        </div>
      </PageBody>
      {dialog?.kind === 'save' && <SaveDialog draft={draft} onSave={save} onClose={() => setDialog((now) => (now?.kind === 'save' ? null : now))} />}
      {dialog?.kind === 'conflict' && (
        <ConflictDialog
          theirs={dialog.theirs}
          draft={draft}
          onMine={() => {
            rebase(dialog.theirs);
            onSaved(dialog.theirs);
            setDialog(null);
          }}
          onTheirs={() => {
            start(dialog.theirs);
            onSaved(dialog.theirs);
            setDialog(null);
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === 'delete' && revision && (
        <ReasonModal title={t('delete.title', { name })} okText={t('delete.do')} danger onOk={remove} onClose={() => setDialog(null)}>
          <p>{t('delete.means')}</p>
          <Dependents id={revision.id} before="delete" />
        </ReasonModal>
      )}
    </DefineContext>
  );
}

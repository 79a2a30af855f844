// A retention table: what stands out, how it counts, and who came back.
import { MoreOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Dropdown, Input } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Retention, Revision } from '../api/types';
import { useMay } from '../app/permission';
import { useLeaving } from '../board/useLeaving';
import { useDrawing } from '../drawing/useDrawing';
import { AsOfChip } from '../board/filter/AsOfChip';
import bar from '../board/filter/FilterBar.module.css';
import { SegmentChip } from '../board/filter/SegmentChoice';
import { MeasureFault } from '../board/MeasureFault';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { KeptNote } from '../ui/KeptNote';
import { BackLink } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { CellDialog } from './CellDialog';
import { Finding } from './Finding';
import { drafts, parseAddress, questionOf, searchOf, withText, type Address } from './model';
import { Rules } from './Rules';
import { SaveDialog } from './SaveDialog';
import { Triangle } from './Triangle';
import { useRetention } from './useRetention';
import styles from './Retention.module.css';

interface RetentionPageProps {
  revision: Revision<Retention>;
  onSaved: (revision: Revision<Retention>) => void;
}

export function RetentionPage({ revision, onSaved }: RetentionPageProps) {
  const { t } = useTranslation('retention');
  const { t: shell } = useTranslation('shell');
  const mayEdit = useMay('editor');
  const locale = useLocale();
  const format = useFormat();
  const navigate = useNavigate();
  const address = parseAddress(useSearch({ from: '/inside/journeys/retention/$id' }));
  const drawing = useDrawing(drafts, revision);
  const { dirty, perform } = drawing;
  const draft = drawing.draft.body;
  const [deciding, decide] = useState<'save' | 'approve' | null>(null);
  const { question, answer, error, late, retry } = useRetention(questionOf(revision, draft, address));
  useLeaving(dirty);

  const go = (change: Partial<Address>) =>
    void navigate({ to: '/journeys/retention/$id', params: { id: revision.id }, search: searchOf({ ...address, ...change }), replace: true });
  const approve = async (reason: string) => {
    onSaved(await api.post<Revision<Retention>>(`/definitions${pathOf('Retention', revision.id)}/approve`, { version: revision.version, reason }));
  };
  const open = mayEdit ? (at: NonNullable<Address['at']>) => go({ at }) : undefined;
  const listed = address.at && answer && address.at.row + address.at.interval < answer.rows.length ? address.at : undefined;
  const more = [
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Retention', id: revision.id }, search: {} }) },
    ...(mayEdit && revision.status === 'proposed' && !dirty ? [{ key: 'approve', label: t('header.approve'), onClick: () => decide('approve') }] : []),
  ];
  return (
    <>
      <PageHeader
        before={<BackLink to="/journeys" label={t('back')} />}
        title={<Localized text={draft.name} fallback={revision.id} />}
        documentTitle={pick(draft.name, locale).text || revision.id}
        badge={<StatusBadge status={revision.status} />}
        meta={dirty ? <b className={styles.dirty}>{t('header.unsaved')}</b> : `${shell('version', { version: revision.version })} · ${revision.author}`}
        actions={
          <>
            {dirty && <Button onClick={() => drawing.start(revision)}>{t('header.discard')}</Button>}
            {dirty && (
              <Button type="primary" onClick={() => decide('save')}>
                {t('header.save')}
              </Button>
            )}
            <Dropdown menu={{ items: more }} trigger={['click']}>
              <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
            </Dropdown>
          </>
        }
      />
      <div className={bar.bar} role="toolbar" aria-label={t('scope')}>
        <div className={bar.chips}>
          <AsOfChip asOf={address.asOf} note={t('asOfNote')} onTake={(asOf) => go({ asOf, at: undefined })} />
          <SegmentChip segment={address.segment} onTake={(segment) => go({ segment, at: undefined })} />
        </div>
      </div>
      <PageBody>
        {answer && <Finding answer={answer} onOpen={open} />}
        {error && <MeasureFault error={error} retry={retry} />}
        <Folded draft={draft}>
          <Rules draft={draft} onChange={perform} mayEdit={mayEdit} from={address.from} onFrom={(from) => go({ from, at: undefined })} />
          {!mayEdit && draft.description && (
            <p className={styles.description}>
              <Localized text={draft.description} fallback="" />
            </p>
          )}
          {mayEdit && (
            <details className={styles.words}>
              <summary>{t('rules.words')}</summary>
              <div className={styles.texts}>
                <label>
                  {t('rules.name')}
                  <Input value={pick(draft.name, locale).text} maxLength={120} onChange={(event) => perform({ name: withText(draft.name, locale, event.target.value) })} />
                </label>
                <label>
                  {t('rules.description')}
                  <Input value={pick(draft.description, locale).text} maxLength={400} onChange={(event) => perform({ description: withText(draft.description, locale, event.target.value) })} />
                </label>
              </div>
            </details>
          )}
        </Folded>
        <Card className={styles.card}>
          {answer ? (
            <>
              <Triangle answer={answer} late={late} onOpen={open} />
              <p className={styles.rule}>
                {t(answer.rule.mode === 'rolling24h' ? 'rule.rolling' : answer.rule.cumulative ? 'rule.cumulative' : 'rule.plain', { times: t('rule.times', { count: answer.rule.minOccurrences }) })}{' '}
                {t('rule.facts', {
                  asOf: format.dateTime(answer.asOf),
                  timezone: answer.timezone,
                  events: format.full(answer.facts.events),
                  customers: format.full(answer.facts.customers),
                })}
                <KeptNote facts={answer.facts} />
                {answer.unattributed > 0 && <> {t('rule.unattributed', { count: answer.unattributed, shown: format.full(answer.unattributed) })}</>}
              </p>
            </>
          ) : (
            !error && <RowsSkeleton rows={8} />
          )}
        </Card>
      </PageBody>
      {listed && answer && <CellDialog question={question} answer={answer} place={listed} onClose={() => go({ at: undefined })} />}
      <SaveDialog isOpen={deciding === 'save'} drawing={drawing} onSaved={onSaved} onClose={() => decide(null)} />
      {deciding === 'approve' && (
        <ReasonModal title={t('approve.title', { version: revision.version })} okText={t('header.approve')} onOk={approve} onClose={() => decide(null)}>
          <p>{t('approve.note', { author: revision.author, reason: revision.reason })}</p>
        </ReasonModal>
      )}
    </>
  );
}

/** The rules in a card: open where there is room, one line on a phone. */
function Folded({ draft, children }: { draft: Retention; children: ReactNode }) {
  const { t } = useTranslation('retention');
  const { t: ledger } = useTranslation('ledger');
  const [open] = useState(() => !window.matchMedia('(max-width: 640px)').matches);
  const event = (name: string | null | undefined) => name ?? t('rules.anyEvent');
  return (
    <Card className={styles.card}>
      <details className={styles.fold} open={open}>
        <summary>
          {t('rules.short', { start: event(draft.start.event), return: event(draft.return.event), period: ledger(`value.period.${draft.period}`), intervals: draft.intervals })}
        </summary>
        {children}
      </details>
    </Card>
  );
}

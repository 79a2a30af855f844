// A metric: what it is now, its course, what it is made of, and who is behind it.
import { MoreOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, DatePicker, Dropdown, Segmented, Select } from 'antd';
import dayjs from 'dayjs';
import { lazy, Suspense, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Grain, Metric, MetricAnswer } from '../api/metric';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { AsOfChip } from '../board/filter/AsOfChip';
import { SegmentChip } from '../board/filter/SegmentChoice';
import { MeasureFault } from '../board/MeasureFault';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { KeptNote } from '../ui/KeptNote';
import { BackLink, LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { ReasonModal } from '../ui/ReasonModal';
import { Sentence } from '../ui/Sentence';
import { RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { VerdictsOf } from '../vanity/VerdictsOf';
import { WhyPanel } from '../why/WhyPanel';
import { BehindDialog } from './BehindDialog';
import { Definition } from './Definition';
import { Inputs } from './Inputs';
import { grains, latestOf, moveOf, parseAddress, questionOf, searchOf, usualOf, type Address, type Search } from './model';
import { PeriodTable } from './PeriodTable';
import { useKeys } from './useKeys';
import { usePeriod } from './usePeriod';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

const Course = lazy(() => import('./Course'));
const PinDialog = lazy(() => import('../dashboards/PinDialog'));

interface MetricPageProps {
  revision: Revision<Metric>;
  onSaved: (revision: Revision<Metric>) => void;
}

export function MetricPage({ revision, onSaved }: MetricPageProps) {
  const { t } = useTranslation('metrics');
  const { t: shell } = useTranslation('shell');
  const mayEdit = useMay('editor');
  const locale = useLocale();
  const navigate = useNavigate();
  const address = parseAddress(useSearch({ from: '/inside/metric/$id' }));
  const { t: dashboards } = useTranslation('dashboards');
  const [approving, approve] = useState(false);
  const [pinning, pin] = useState(false);
  const metric = revision.body;
  const question = questionOf(revision, address);
  const { data: answer, error, refetch } = useQuery({
    queryKey: ['measure', 'metric', question],
    queryFn: ({ signal }) => api.post<MetricAnswer>('/measure', question, { signal }),
    placeholderData: keepPreviousData,
  });
  const go = (change: Partial<Address>) =>
    void navigate({ to: '/metric/$id', params: { id: revision.id }, search: ((old: Search) => ({ ...old, ...searchOf({ ...address, ...change }), ...(change.grain && { before: undefined, after: undefined }) })) as never, replace: true });
  const more = [
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Metric', id: revision.id }, search: {} }) },
    ...(mayEdit ? [{ key: 'pin', label: dashboards('pin.open'), onClick: () => pin(true) }] : []),
    ...(mayEdit && revision.status === 'proposed' ? [{ key: 'approve', label: t('header.approve'), onClick: () => approve(true) }] : []),
  ];
  const open = mayEdit && metric.formula === undefined ? (at: number) => go({ at }) : undefined;
  return (
    <>
      <PageHeader
        before={<BackLink to="/metric" label={t('back')} />}
        title={<Localized text={metric.name} fallback={revision.id} />}
        documentTitle={pick(metric.name, locale).text || revision.id}
        badge={<StatusBadge status={revision.status} />}
        meta={`${shell('version', { version: revision.version })} · ${revision.author}`}
        actions={
          <>
            {mayEdit && !revision.deleted && (
              <LinkButton to="/metric/$id" params={{ id: revision.id }} search={{ edit: '1' }}>
                {t('header.edit')}
              </LinkButton>
            )}
            <Dropdown menu={{ items: more }} trigger={['click']}>
              <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t('header.more')} />
            </Dropdown>
          </>
        }
      />
      <PageBody>
        {answer && <Finding answer={answer} name={pick(metric.name, locale).text || revision.id} />}
        {error && <MeasureFault error={error} retry={() => void refetch()} />}
        <Choices metric={metric} address={address} go={go} />
        <Card className={styles.card}>
          {answer ? (
            <>
              <Suspense fallback={<div className={styles.chart} />}>
                <Course answer={answer} {...(open && { onOpen: open })} />
              </Suspense>
              <details className={styles.twin}>
                <summary>{t('table.open')}</summary>
                <PeriodTable answer={answer} {...(open && { onOpen: open })} />
              </details>
              <Rule answer={answer} />
            </>
          ) : (
            !error && <RowsSkeleton rows={8} />
          )}
        </Card>
        {answer && <WhyPanel metric={revision.id} grain={answer.grain} periods={answer.periods} {...(address.asOf && { asOf: address.asOf })} {...(address.segment && { segment: address.segment })} />}
        {answer?.inputs && <Inputs inputs={answer.inputs} formula={metric.formula ?? ''} grain={answer.grain} />}
        <VerdictsOf metric={revision.id} />
        <Definition metric={metric} />
      </PageBody>
      {address.at !== undefined && answer?.periods[address.at] && mayEdit && (
        <BehindDialog question={question} answer={answer} at={address.at} onClose={() => go({ at: undefined })} />
      )}
      {pinning && (
        <Suspense fallback={null}>
          <PinDialog
            name={pick(metric.name, locale).text || revision.id}
            contents={{ kind: 'metric', metric: revision.id, ...(address.grain && { grain: address.grain }), ...(address.by && { breakdown: address.by }) }}
            onClose={() => pin(false)}
          />
        </Suspense>
      )}
      {approving && (
        <ReasonModal
          title={t('approve.title', { version: revision.version })}
          okText={t('header.approve')}
          onOk={async (reason) => onSaved(await api.post<Revision<Metric>>(`/definitions${pathOf('Metric', revision.id)}/approve`, { version: revision.version, reason }))}
          onClose={() => approve(false)}
        >
          <p>{t('approve.note', { author: revision.author, reason: revision.reason })}</p>
        </ReasonModal>
      )}
    </>
  );
}

/** The sentence that the page opens with: the last period that is over, and what was usual before. */
function Finding({ answer, name }: { answer: MetricAnswer; name: string }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const latest = latestOf(answer.periods);
  if (!latest) return <Sentence tone="calm">{t('now.unknown', { asOf: format.dateTime(answer.asOf) })}</Sentence>;
  const usual = usualOf(answer.periods, latest.at);
  const move = moveOf(latest, answer.unit);
  const { low, high } = latest.point;
  return (
    <Sentence>
      <Trans
        t={t}
        i18nKey="now.value"
        values={{ name, period: period(latest.point.from), value: unit.show(latest.point.value).text, n: format.full(latest.point.n), asOf: format.dateTime(answer.asOf) }}
        components={{ b: <b /> }}
      />
      {low !== null && high !== null && <> {t('now.interval', { low: unit.plain(low), high: unit.plain(high) })}</>}
      {move && <> {t('now.move', { change: format.change(move.value, move.unit).text })}</>}
      {usual !== null && <> {t('now.usual', { usual: unit.show(usual).text })}</>}
    </Sentence>
  );
}

/** How long periods are, since when and as of when, by what the metric is broken down, and of whom it is. */
function Choices({ metric, address, go }: { metric: Metric; address: Address; go: (change: Partial<Address>) => void }) {
  const { t } = useTranslation('metrics');
  const keys = useKeys(metric);
  return (
    <div className={styles.choices}>
      <Segmented<Grain>
        aria-label={t('choose.grain')}
        value={address.grain ?? metric.grain ?? 'week'}
        options={grains.map((value) => ({ value, label: t(`grain.${value}`) }))}
        onChange={(grain) => go({ grain, at: undefined })}
      />
      <label>
        {t('choose.from')}
        <DatePicker
          className={styles.day}
          value={address.from ? dayjs(address.from) : null}
          placeholder={t('choose.usual')}
          onChange={(day) => go({ from: day ? day.format('YYYY-MM-DD') : undefined, at: undefined })}
        />
      </label>
      {metric.retention === undefined && (
        <label>
          {t('choose.by')}
          <Select
            allowClear
            showSearch
            value={address.by}
            placeholder={t('choose.whole')}
            options={keys}
            popupMatchSelectWidth={false}
            onChange={(by: string | undefined) => go({ by, at: undefined })}
          />
        </label>
      )}
      <AsOfChip asOf={address.asOf} note={t('choose.asOfNote')} onTake={(asOf) => go({ asOf, at: undefined })} />
      <SegmentChip segment={address.segment} onTake={(segment) => go({ segment, at: undefined })} />
    </div>
  );
}

/** What the numbers are true of. */
function Rule({ answer }: { answer: MetricAnswer }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  return (
    <p className={styles.rule}>
      {t('rule.facts', {
        asOf: format.dateTime(answer.asOf),
        timezone: answer.timezone,
        events: format.full(answer.facts.events),
        customers: format.full(answer.facts.customers),
      })}
      <KeptNote facts={answer.facts} />
      {answer.periods.some((point) => point.partial) && <> {t('rule.partial')}</>}
      {answer.leftOut > 0 && <> {t('rule.leftOut', { count: answer.leftOut, shown: format.full(answer.leftOut) })}</>}
      {answer.unattributed > 0 && <> {t('rule.unattributed', { count: answer.unattributed, shown: format.full(answer.unattributed) })}</>}
    </p>
  );
}

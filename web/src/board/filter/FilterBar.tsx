// The filter bar: period, segment, breakdown, comparison, window, and what the
// numbers below are true of. Everything in it is in the URL.
import { Segmented } from 'antd';
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { useStill } from '../canvas/dragging';
import { presetOf } from '../model/period';
import type { View } from '../model/address';
import { useBoard, useNumbers, useSheet } from '../useBoard';
import { keyName } from '../model/where';
import { KeptNote } from '../../ui/KeptNote';
import { BreakdownChoice } from './BreakdownChoice';
import { Chip } from './Chip';
import { PeriodChoice } from './PeriodChoice';
import { SegmentChip } from './SegmentChoice';
import { WindowChoice, useSpanName } from './WindowChoice';
import styles from './FilterBar.module.css';

export function FilterBar() {
  const { today } = useNumbers();
  return <Bar today={today} />;
}

const Bar = memo(function Bar({ today }: { today: string }) {
  const { t } = useTranslation('board');
  const { address, go, journey } = useSheet();
  const format = useFormat();
  const spanName = useSpanName();
  const preset = presetOf(address, today);
  const period =
    preset !== null && preset !== 'all'
      ? t(`period.${preset}`)
      : address.from || address.to
        ? `${address.from ? format.date(address.from) : '…'} – ${address.to ? format.date(address.to) : t('period.now')}`
        : t('period.all');
  const views: View[] = ['board', 'table', 'flow'];
  const bar = useRef<HTMLDivElement>(null);
  useStill(bar);

  return (
    <div ref={bar} className={styles.bar} role="toolbar" aria-label={t('filter.title')}>
      <div className={styles.chips}>
        <Chip name={t('filter.period')} value={period} set={preset !== 'all'}>
          {(close) => <PeriodChoice onDone={close} />}
        </Chip>
        <SegmentChip segment={address.segment} onTake={(segment) => go({ segment })} />
        <Chip name={t('filter.breakdown')} value={address.by ? address.by.map((key) => t(`keys_of.${key}`, { defaultValue: keyName(key) })).join(' × ') : t('filter.usualBreakdown')} set={address.by !== undefined}>
          {(close) => <BreakdownChoice onDone={close} />}
        </Chip>
        <button type="button" className={styles.chip} aria-pressed={address.compare} onClick={() => go({ compare: !address.compare })}>
          <i>{t('filter.compare')}</i>
          {t(address.compare ? (address.from ? 'filter.before' : 'filter.nothingBefore') : 'filter.none')}
        </button>
        <Chip name={t('filter.window')} value={spanName(address.window ?? journey.window ?? '14d')} set={address.window !== undefined}>
          {(close) => <WindowChoice onDone={close} />}
        </Chip>
        <AsOf />
      </div>
      <Segmented<View>
        className={styles.views}
        size="small"
        value={address.view}
        onChange={(view) => go({ view })}
        options={views.map((view) => ({ value: view, label: t(`view.${view}`) }))}
        aria-label={t('view.title')}
      />
      <Kept />
    </div>
  );
});

/** Since when facts are kept, in a line of its own: on a phone the others scroll out of sight. */
function Kept() {
  const { answer } = useBoard();
  return answer?.facts.keptFrom ? (
    <p className={styles.kept}>
      <KeptNote facts={answer.facts} />
    </p>
  ) : null;
}

/** As of when, of how many, and how fast; a pinned as-of can be let go. */
function AsOf() {
  const { t } = useTranslation('board');
  const { address, go, open, journey, answer, loading } = useBoard();
  const format = useFormat();
  const firstStage = journey.stages[0];
  if (!answer) return <span className={styles.asOf}>{loading ? t('filter.measuring') : ''}</span>;
  const parts = [
    t('filter.asOf', { when: format.dateTime(answer.asOf) }),
    t('filter.customers', { shown: format.count(answer.facts.customers).text }),
    ...(answer.elapsedMillis === undefined ? [] : [t('filter.took', { seconds: (answer.elapsedMillis / 1000).toFixed(2) })]),
    ...(answer.unattributed > 0 ? [t('filter.unattributed', { shown: format.count(answer.unattributed).text })] : []),
  ];
  return (
    <span className={styles.asOf}>
      {address.asOf && (
        <button type="button" className={styles.unpin} onClick={() => go({ asOf: undefined })} title={t('filter.unpin')}>
          ⚲ <span className="visually-hidden">{t('filter.unpin')}</span>
        </button>
      )}
      {parts.join(' · ')}
      {(answer.excluded ?? 0) > 0 && firstStage && (
        <>
          {' · '}
          <button type="button" className={styles.link} onClick={() => open({ kind: 'customers', stage: firstStage.id, state: 'excluded' })}>
            {t('filter.excluded', { shown: format.count(answer.excluded).text })}
          </button>
        </>
      )}
    </span>
  );
}

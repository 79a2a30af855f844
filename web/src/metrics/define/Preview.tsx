// The number beside the form: the draft as it would be measured now, and what it
// was before.
import { Button } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { MetricAnswer } from '../../api/metric';
import { useFormat } from '../../format/useFormat';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { StatNumber } from '../../ui/StatNumber';
import { goodness, latestOf, moveOf } from '../model';
import { PeriodTable } from '../PeriodTable';
import { usePeriod } from '../usePeriod';
import { useUnit } from '../useUnit';
import { Before } from './Before';
import { useDefine } from './useDefine';
import { useStanding } from './useStanding';
import styles from './Define.module.css';

const Course = lazy(() => import('../Course'));

export function Preview() {
  const { t } = useTranslation('define');
  const { numbers, dirty } = useDefine();
  const { answer, late } = numbers;
  return (
    <Card title={t('preview.title')} className={styles.preview}>
      <Standing />
      {answer ? (
        <div data-late={late} className={styles.numbers}>
          {late && <p className={styles.hint}>{t('preview.earlier')}</p>}
          <Numbers answer={answer} before={dirty && !late ? numbers.before : undefined} />
        </div>
      ) : (
        !numbers.error && numbers.missing.length === 0 && <div className={styles.unknown}>{t('preview.loading')}</div>
      )}
    </Card>
  );
}

function Standing() {
  const { t } = useTranslation('define');
  const { numbers } = useDefine();
  const standing = useStanding();
  switch (standing?.kind) {
    case undefined:
      return null;
    case 'missing':
      return <p className={numbers.answer ? styles.calm : styles.unknown}>{standing.text}</p>;
    case 'faults':
      return <p className={styles.wrong} role="status">{standing.text}</p>;
    case 'failed':
      return (
        <p className={styles.wrong} role="alert">
          {standing.text} <Button size="small" onClick={numbers.retry}>{t('preview.retry')}</Button>
        </p>
      );
  }
}

function Numbers({ answer, before }: { answer: MetricAnswer; before: MetricAnswer | undefined }) {
  const { t } = useTranslation('define');
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const latest = latestOf(answer.periods);
  const move = latest && moveOf(latest, answer.unit);
  const was = useMemo(() => {
    if (!before || before.grain !== answer.grain || before.unit !== answer.unit) return undefined;
    const values = new Map(before.periods.map(({ from, value }) => [from, value]));
    return answer.periods.map(({ from }) => values.get(from) ?? null);
  }, [before, answer]);
  return (
    <>
      {latest ? (
        <p className={styles.big} aria-live="polite">
          <b><StatNumber value={latest.point.value} show={unit.plain} /></b>
          {unit.name && <small> {unit.name}</small>}
          <span>
            {period(latest.point.from)} · n = {format.full(latest.point.n)}
            {latest.point.low !== null && latest.point.high !== null && <> · {t('preview.interval', { low: unit.plain(latest.point.low), high: unit.plain(latest.point.high) })}</>}
          </span>
          {move && (
            <span>
              <Change value={move.value} unit={move.unit} good={goodness(answer.good)} /> {t('preview.than')}
            </span>
          )}
        </p>
      ) : (
        <div className={styles.unknown}>{t('preview.unsettled')}</div>
      )}
      {before && <Before before={before} after={answer} />}
      <Suspense fallback={<div className={styles.course} />}>
        <div className={styles.course}>
          <Course answer={answer} {...(was && { before: was })} />
        </div>
      </Suspense>
      <details className={styles.twin}>
        <summary>{t('preview.table')}</summary>
        <PeriodTable answer={answer} />
      </details>
      <p className={styles.hint}>
        <Trans t={t} i18nKey="preview.asOf" values={{ asOf: format.dateTime(answer.asOf), customers: format.full(answer.facts.customers) }} />
        {answer.leftOut > 0 && <> {t('preview.leftOut', { count: answer.leftOut, shown: format.full(answer.leftOut) })}</>}
      </p>
    </>
  );
}

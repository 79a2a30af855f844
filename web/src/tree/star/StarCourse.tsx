import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { goodness } from '../../metrics/model';
import { PeriodTable } from '../../metrics/PeriodTable';
import { useNotYet } from '../../metrics/useNotYet';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { StatNumber } from '../../ui/StatNumber';
import { VerdictBadge } from '../../vanity/VerdictBadge';
import { knownOf, moveOfNode } from '../model/figures';
import { answerOf, targetLine } from './model';
import styles from './Star.module.css';

const Course = lazy(() => import('../../metrics/Course'));

/** The star's number with its course, the line to its target drawn where it has one, and the table of both. */
export function StarCourse({ answer, node }: { answer: TreeAnswer; node: TreeNode }) {
  const { t } = useTranslation('star');
  const { t: metrics } = useTranslation('metrics');
  const notYet = useNotYet();
  const format = useFormat();
  const unit = useUnit(node.unit);
  const period = usePeriod(answer.grain);
  // The same objects while nothing changed: the chart is drawn anew with each.
  const series = useMemo(() => answerOf(answer, node), [answer, node]);
  const line = useMemo(() => (node.target ? targetLine(node.target, node.periods) : null), [node]);
  const value = knownOf(node);
  const move = moveOfNode(node);
  return (
    <Card
      title={
        <>
          ★ <Localized text={node.name} fallback={node.metric} />
        </>
      }
      extra={node.owner.join(t('comma'))}
    >
      <div className={value ? styles.head : `${styles.head} ${styles.hatched}`}>
        <b className={styles.large}>
          <StatNumber value={value?.value ?? null} show={unit.plain} />
          {value && unit.name && <small> {unit.name}</small>}
        </b>
        {move && <Change value={move.value} unit={move.unit} good={goodness(node.good)} />}
        <VerdictBadge verdict={node.vanity} />
        <span className={styles.small}>{value ? `${period(value.from)} · n = ${format.full(value.n)}` : (node.problem ?? notYet(node.periods))}</span>
      </div>
      <Suspense fallback={<div className={styles.chart} />}>
        <Course answer={series} {...(line && { target: line })} />
      </Suspense>
      {node.target && node.target.reads === 'total' && <p className={styles.small}>{t('course.total')}</p>}
      {!node.target && <p className={styles.small}>{t('course.noTarget')}</p>}
      <details className={styles.twin}>
        <summary>{metrics('table.open')}</summary>
        <PeriodTable answer={series} />
      </details>
    </Card>
  );
}

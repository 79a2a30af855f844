import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { goodness } from '../../metrics/model';
import { Sparkline } from '../../metrics/Sparkline';
import { useNotYet } from '../../metrics/useNotYet';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { StatNumber } from '../../ui/StatNumber';
import { VerdictBadge } from '../../vanity/VerdictBadge';
import { knownOf, moveOfNode, nodeOf } from '../model/figures';
import { byDistance, distanceOf, isSmall, readingOfNode } from '../model/reading';
import styles from './Star.module.css';

/** The inputs that move the star, those furthest off first. */
export function Constellation({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  const readings = answer.nodes.filter(({ roles }) => roles.includes('input')).map(readingOfNode);
  const inputs = byDistance(readings).flatMap(({ id }) => nodeOf(answer, id) ?? []);
  return (
    <Card title={t('constellation.title')} extra={t('constellation.sorted', { count: inputs.length })} className={styles.card}>
      {inputs.length === 0 ? (
        <p className={styles.unsaid}>{t('constellation.none')}</p>
      ) : (
        <ol className={styles.rows}>
          {inputs.map((node) => (
            <NodeRow key={node.metric} node={node} grain={answer.grain} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function NodeRow({ node, grain }: { node: TreeNode; grain: string }) {
  const { t } = useTranslation('star');
  const format = useFormat();
  const unit = useUnit(node.unit);
  const reading = readingOfNode(node);
  const off = distanceOf(reading);
  const isFew = isSmall(reading);
  const isWorse = off?.ahead != null && off.ahead < -0.005;
  return (
    <li className={styles.row}>
      <div>
        <Link to="/metric/$id" params={{ id: node.metric }} search={{}}>
          <Localized text={node.name} fallback={node.metric} />
        </Link>
        <p className={styles.small}>{node.owner.join(t('comma'))}</p>
      </div>
      <NodeNumber node={node} grain={grain} />
      <Sparkline points={node.periods} />
      {off === null || off.ahead === null ? (
        <div className={styles.off} data-off="unknown">
          {t('constellation.unknown')}
        </div>
      ) : (
        <div className={styles.off} data-off={isFew ? 'unknown' : isWorse ? 'worse' : 'fine'}>
          <b>{t(isWorse ? `constellation.off.${off.from}` : `constellation.fine.${off.from}`, { size: format.percent(Math.abs(off.ahead), Math.abs(off.ahead) < 0.1 ? 1 : 0) })}</b>
          <small>
            {t(`constellation.aim.${off.from}`, { aim: unit.show(off.should).text })}
            {isFew && ` · ${t('constellation.small')}`}
          </small>
        </div>
      )}
      <VerdictBadge verdict={node.vanity} />
    </li>
  );
}

/** The last settled number of a node with its n and how it moved; hatched where it is unknown. */
export function NodeNumber({ node, grain }: { node: TreeNode; grain: string }) {
  const notYet = useNotYet();
  const format = useFormat();
  const unit = useUnit(node.unit);
  const period = usePeriod(grain);
  const value = knownOf(node);
  const move = moveOfNode(node);
  return (
    <div className={value ? styles.number : `${styles.number} ${styles.hatched}`} title={value ? period(value.from) : undefined}>
      <b>
        <StatNumber value={value?.value ?? null} show={unit.plain} />
        {value && unit.name && <small> {unit.name}</small>}
      </b>
      <p className={styles.small}>
        {value ? `n = ${format.full(value.n)} ` : (node.problem ?? notYet(node.periods))}
        {value && move && <Change value={move.value} unit={move.unit} good={goodness(node.good)} />}
      </p>
    </div>
  );
}

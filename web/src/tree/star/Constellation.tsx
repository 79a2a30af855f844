import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { goodness } from '../../metrics/model';
import { Sparkline } from '../../metrics/Sparkline';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { StatNumber } from '../../ui/StatNumber';
import { VerdictBadge } from '../../vanity/VerdictBadge';
import { byOff, knownOf, moveOfNode, offOf } from '../nodes';
import styles from './Star.module.css';

/** The inputs that move the star, those furthest off first. */
export function Constellation({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  const inputs = byOff(answer.nodes.filter(({ roles }) => roles.includes('input')));
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
  const off = offOf(node);
  const size = off && format.percent(Math.abs(off.share), Math.abs(off.share) < 0.1 ? 1 : 0);
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
      <div className={styles.off} data-off={off === null || off.isSmall ? 'unknown' : off.share > 0.005 ? 'worse' : 'fine'}>
        {off === null ? (
          t('constellation.unknown')
        ) : (
          <>
            <b>{t(off.share > 0.005 ? `constellation.off.${off.from}` : `constellation.fine.${off.from}`, { size: size ?? '' })}</b>
            <small>
              {t(`constellation.aim.${off.from}`, { aim: unit.show(off.aim).text })}
              {off.isSmall && ` · ${t('constellation.small')}`}
            </small>
          </>
        )}
      </div>
      <VerdictBadge verdict={node.vanity} />
    </li>
  );
}

/** The last settled number of a node with its n and how it moved; hatched where it is unknown. */
export function NodeNumber({ node, grain }: { node: TreeNode; grain: string }) {
  const { t } = useTranslation('metrics');
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
        {value ? `n = ${format.full(value.n)} ` : (node.problem ?? t('notYet'))}
        {value && move && <Change value={move.value} unit={move.unit} good={goodness(node.good)} />}
      </p>
    </div>
  );
}

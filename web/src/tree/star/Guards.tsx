import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { useUnit } from '../../metrics/useUnit';
import { Card } from '../../ui/Card';
import { Localized } from '../../ui/Localized';
import { guardrailsOf, type GuardedNode } from '../model/figures';
import { NodeNumber } from './Constellation';
import { roomOf } from './model';
import styles from './Star.module.css';

/** What must not get worse while the star gets better: guardrails with their limits, and counter-metrics. */
export function Guards({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  const guards = guardrailsOf(answer).all;
  const counters = answer.nodes.filter(({ roles, guardrail }) => roles.includes('counter') && guardrail === null);
  return (
    <Card title={t('guards.title')}>
      {guards.length === 0 && <p className={styles.unsaid}>{t('guards.none')}</p>}
      <ul className={styles.guards}>
        {guards.map((node) => (
          <Guard key={node.metric} node={node} grain={answer.grain} />
        ))}
        {counters.map((node) => (
          <li key={node.metric} className={styles.guard}>
            <Name node={node}>{t('guards.counter')}</Name>
            <NodeNumber node={node} grain={answer.grain} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Name({ node, children }: { node: TreeNode; children: React.ReactNode }) {
  return (
    <div>
      <Link to="/metric/$id" params={{ id: node.metric }} search={{}}>
        <Localized text={node.name} fallback={node.metric} />
      </Link>
      <p className={styles.small}>{children}</p>
    </div>
  );
}

function Guard({ node, grain }: { node: GuardedNode; grain: string }) {
  const { t } = useTranslation('star');
  const format = useFormat();
  const unit = useUnit(node.unit);
  const { guardrail } = node;
  const room = roomOf(node);
  const state = guardrail.broken === null ? 'unknown' : guardrail.broken ? 'broken' : 'held';
  return (
    <li className={styles.guard} data-state={state}>
      <Name node={node}>{t(`guards.tier.${Math.min(3, Math.max(1, guardrail.tier))}`)}</Name>
      <NodeNumber node={node} grain={grain} />
      <p className={styles.limit}>
        <b>{t(`guards.${state}`)}</b>{' '}
        <span>
          {guardrail.limit === null ? t('guards.noLimit') : t(node.good === 'up' ? 'guards.atLeast' : 'guards.atMost', { limit: unit.show(guardrail.limit).text })}
          {room !== null && room >= 0 && ` · ${t('guards.room', { room: format.percent(room, 0) })}`}
          {room !== null && room < 0 && ` · ${t('guards.beyond', { room: format.percent(-room, 0) })}`}
        </span>
      </p>
    </li>
  );
}

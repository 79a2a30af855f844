import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeReign } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { Sparkline } from '../../metrics/Sparkline';
import { Card } from '../../ui/Card';
import { Localized } from '../../ui/Localized';
import { VerdictBadge } from '../../vanity/VerdictBadge';
import { nodeOf } from '../model/figures';
import { NodeNumber } from './Constellation';
import styles from './Star.module.css';

/** Who ruled when, and why; the earlier ones stay readable, with where they stand now. */
export function Succession({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  return (
    <Card title={t('succession.title')} extra={t('succession.count', { count: answer.stars.length })}>
      <ol className={styles.reigns}>
        {answer.stars.toReversed().map((reign) => (
          <Reign key={`${reign.metric} ${reign.since ?? ''}`} answer={answer} reign={reign} />
        ))}
      </ol>
    </Card>
  );
}

function Reign({ answer, reign }: { answer: TreeAnswer; reign: TreeReign }) {
  const { t } = useTranslation('star');
  const format = useFormat();
  const node = nodeOf(answer, reign.metric);
  const since = reign.since ? format.date(reign.since) : t('succession.beginning');
  const until = reign.until ? format.date(reign.until) : reign.rules ? t('succession.now') : '';
  const lies = !reign.rules && !reign.until; // its day has not come as of then
  return (
    <li className={styles.reign} data-rules={reign.rules}>
      <p className={styles.small}>
        {lies ? t('succession.ahead', { since }) : `${since} – ${until}`}
        {reign.lifeCycle && ` · ${t(`life.${reign.lifeCycle}`)}`}
      </p>
      <h3>
        <Link to="/metric/$id" params={{ id: reign.metric }} search={{}}>
          <Localized text={node?.name} fallback={reign.metric} />
        </Link>{' '}
        {node && <VerdictBadge verdict={node.vanity} />}
      </h3>
      {reign.reason ? (
        <p>
          <Localized text={reign.reason} />
        </p>
      ) : (
        <p className={styles.small}>{t('succession.noReason')}</p>
      )}
      {node && !reign.rules && (
        <div className={styles.since}>
          <NodeNumber node={node} grain={answer.grain} />
          <Sparkline points={node.periods} />
        </div>
      )}
    </li>
  );
}

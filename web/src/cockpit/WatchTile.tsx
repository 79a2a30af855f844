// What is at risk: targets that are behind their way, and guardrails that broke.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeStanding } from '../api/tree';
import { useFormat } from '../format/useFormat';
import { useUnit } from '../metrics/useUnit';
import { atRisk, standings } from '../tree/model/attention';
import { guardrailsOf, nodeOf, type GuardedNode } from '../tree/model/figures';
import { isSmall, readingOfNode, roundly } from '../tree/model/reading';
import { Change } from '../ui/Change';
import { Localized } from '../ui/Localized';
import { Tile } from './Tile';
import { TreeLink } from './TreeLink';
import { useOwners } from './useOwners';
import type { OneTree } from './useCockpit';
import styles from './Cockpit.module.css';

const most = 3;

export function WatchTile({ id, tree }: { id: string; tree: OneTree }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const { answer } = tree;
  return (
    <Tile
      title={t('watch.title')}
      extra={answer && [t('things', { count: atRisk(answer).length + guardrailsOf(answer).broken.length }), t('asOf', { when: format.dateTime(answer.asOf) })].join(' · ')}
      loading={!answer}
      error={tree.error}
      retry={tree.retry}
      rows={5}
      late={tree.late}
    >
      {answer && <Watched id={id} answer={answer} />}
    </Tile>
  );
}

function Watched({ id, answer }: { id: string; answer: TreeAnswer }) {
  const { t } = useTranslation('cockpit');
  const behind = atRisk(answer);
  const running = standings(answer).filter(({ state }) => state === 'running');
  const onWay = running.filter(({ onTrack }) => onTrack).length;
  const untold = running.filter(({ onTrack }) => onTrack === null).length;
  const { all: guards, broken: down } = guardrailsOf(answer);
  const unseen = guards.filter(({ guardrail }) => guardrail.broken === null).length;
  const kept = guards.length - down.length - unseen;
  return (
    <>
      <ul className={styles.rows}>
        {down.slice(0, most).map((node) => (
          <Broken key={node.metric} id={id} node={node} />
        ))}
        {behind.slice(0, Math.max(0, most - down.length)).map((standing) => (
          <Behind key={`${standing.objective} ${standing.metric} ${standing.to}`} id={id} answer={answer} standing={standing} />
        ))}
      </ul>
      <p className={styles.small}>
        {[
          down.length + behind.length > most ? t('watch.more', { count: down.length + behind.length - most }) : '',
          running.length === 0 ? t('watch.noTargets') : onWay > 0 || behind.length === 0 ? t('watch.onWay', { count: onWay }) : '',
          untold > 0 ? t('watch.untold', { count: untold }) : '',
          guards.length === 0 ? t('watch.noGuards') : kept > 0 ? t('watch.kept', { count: kept }) : '',
          unseen > 0 ? t('watch.unseen', { count: unseen }) : '',
        ]
          .filter((part) => part !== '')
          .join(' ')}
      </p>
    </>
  );
}

function Behind({ id, answer, standing }: { id: string; answer: TreeAnswer; standing: TreeStanding }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const owners = useOwners();
  const node = nodeOf(answer, standing.metric);
  const objective = answer.objectives.find((each) => each.id === standing.objective);
  const unit = useUnit(node?.unit ?? '');
  const { current, expected } = standing;
  const known = current !== null && expected !== null;
  const isShare = node?.unit === '';
  const isFew = node !== undefined && isSmall({ ...readingOfNode(node), target: standing });
  const by = !known ? null : isShare ? current - expected : expected === 0 ? null : (current - expected) / Math.abs(expected);
  return (
    <li>
      <div>
        <TreeLink tree={id} metric={standing.metric}>
          <Localized text={node?.name} fallback={standing.metric} />
        </TreeLink>
        <Change value={by} unit={isShare ? 'points' : 'percent'} good={node?.good === 'down' ? 'down' : 'up'} />
      </div>
      <small>
        {known && <>{t('watch.behind', { current: unit.plain(current), expected: unit.plain(roundly(expected)), target: unit.plain(standing.value) })}</>}
        {isFew && <> · {t('watch.few', { n: format.full(node.value?.n ?? 0) })}</>}
      </small>
      <small>
        {t('watch.until', { day: format.date(standing.to) })} · {objective ? <Localized text={objective.name} fallback={objective.id} /> : owners(node?.owner ?? [])}
      </small>
    </li>
  );
}

function Broken({ id, node }: { id: string; node: GuardedNode }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const owners = useOwners();
  const unit = useUnit(node.unit);
  const { guardrail, value } = node;
  return (
    <li>
      <div>
        <TreeLink tree={id} metric={node.metric}>
          <Localized text={node.name} fallback={node.metric} />
        </TreeLink>
        <b className={styles.alarm}>× {t('watch.broken')}</b>
      </div>
      <small className={styles.oneLine}>
        {t('watch.limit', { value: unit.plain(value?.value ?? null), limit: unit.plain(guardrail.limit) })} · {t(`watch.tier.${guardrail.tier}`)} · n = {format.full(value?.n ?? 0)} · {owners(node.owner)}
      </small>
    </li>
  );
}

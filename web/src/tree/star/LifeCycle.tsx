import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode, TreeReign } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { useUnit } from '../../metrics/useUnit';
import { Card } from '../../ui/Card';
import { Localized } from '../../ui/Localized';
import { lifeCycles } from './model';
import { roundly } from '../model/reading';
import styles from './Star.module.css';

/** The stage of life that the star is for, the reason it was chosen, and its target. */
export function LifeCycle({ answer, reign, node }: { answer: TreeAnswer; reign: TreeReign; node: TreeNode }) {
  const { t } = useTranslation('star');
  const format = useFormat();
  const unit = useUnit(node.unit);
  const at = reign.lifeCycle ? lifeCycles.indexOf(reign.lifeCycle) : -1;
  const { target } = node;
  return (
    <Card title={t('life.title')} extra={t('life.place', { place: answer.stars.indexOf(reign) + 1, since: reign.since ? format.date(reign.since) : t('succession.beginning') })}>
      <ol className={styles.track} aria-label={t('life.title')}>
        {lifeCycles.map((stage, i) => (
          <li key={stage} data-state={i === at ? 'now' : i < at ? 'past' : 'ahead'} aria-current={i === at ? 'step' : undefined}>
            <i aria-hidden="true" />
            {t(`life.${stage}`)}
          </li>
        ))}
      </ol>
      {at < 0 && <p className={styles.unsaid}>{t('life.unsaid')}</p>}
      {reign.lifeCycle && <p className={styles.small}>{t(`life.means.${reign.lifeCycle}`)}</p>}
      <h3>{t('life.reason')}</h3>
      {reign.reason ? (
        <p className={styles.reason}>
          <Localized text={reign.reason} />
        </p>
      ) : (
        <p className={styles.unsaid}>{t('life.noReason')}</p>
      )}
      <h3>{t('life.target')}</h3>
      {target ? (
        <div className={styles.target} data-state={target.onTrack === null ? 'unknown' : target.onTrack ? 'on' : 'off'}>
          <p>
            <b>{unit.show(target.value).text}</b> {t('life.by', { to: format.date(target.to) })} <em>{t(`life.track.${target.onTrack === null ? 'unknown' : target.onTrack ? 'on' : 'off'}`)}</em>
          </p>
          <p className={styles.small}>
            {target.current !== null && target.expected !== null && t('life.standing', { current: unit.show(target.current).text, expected: unit.show(roundly(target.expected)).text, elapsed: format.percent(target.elapsed, 0) })}
          </p>
          {target.reason && (
            <p className={styles.small}>
              <Localized text={target.reason} />
            </p>
          )}
        </div>
      ) : (
        <p className={styles.unsaid}>{t('life.noTarget')}</p>
      )}
    </Card>
  );
}

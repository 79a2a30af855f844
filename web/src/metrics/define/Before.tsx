// What a change does to the number: before and after, in the same period.
import { Trans, useTranslation } from 'react-i18next';
import type { MetricAnswer } from '../../api/metric';
import { Change } from '../../ui/Change';
import { moveOf } from '../model';
import { usePeriod } from '../usePeriod';
import { useUnit } from '../useUnit';
import { compared } from './model/comparison';
import { useUnitName } from './useUnitName';
import styles from './Define.module.css';

export function Before({ before, after }: { before: MetricAnswer; after: MetricAnswer }) {
  const { t } = useTranslation('define');
  const { t: metrics } = useTranslation('metrics');
  const unit = useUnit(after.unit);
  const unitName = useUnitName();
  const period = usePeriod(after.grain);
  const comparison = compared(before, after);
  if (comparison === 'grain') {
    return <p className={styles.calm}>{t('before.grain', { before: metrics(`grain.${before.grain}`), after: metrics(`grain.${after.grain}`) })}</p>;
  }
  if (comparison === 'unit') return <p className={styles.warn}>{t('before.unit', { before: unitName(before.unit), after: unitName(after.unit) })}</p>;
  const { latest, differing, periods } = comparison;
  if (differing === 0) return <p className={styles.calm}>{t('before.same', { count: periods })}</p>;
  const move = latest && moveOf({ at: 0, point: latest.after, before: latest.before }, after.unit);
  return (
    <p className={styles.before}>
      {latest && latest.before.value !== latest.after.value && (
        <>
          <Trans
            t={t}
            i18nKey={move ? 'before.moves' : 'before.movesOnly'}
            values={{ period: period(latest.after.from), before: unit.show(latest.before.value).text, after: unit.show(latest.after.value).text }}
            components={{ b: <b />, change: <Change value={move?.value ?? null} unit={move?.unit ?? 'count'} good={null} /> }}
          />{' '}
        </>
      )}
      {differing === periods ? t('before.every', { count: periods }) : t('before.differing', { count: differing, of: periods })}
    </p>
  );
}

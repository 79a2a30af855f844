// The number at a glance, where there is no room for it beside the form.
import { useTranslation } from 'react-i18next';
import type { MetricAnswer } from '../../api/metric';
import { useMedia } from '../../app/preferences';
import { useFormat } from '../../format/useFormat';
import { latestOf } from '../model';
import { usePeriod } from '../usePeriod';
import { useUnit } from '../useUnit';
import { useDefine } from './useDefine';
import { useStanding } from './useStanding';
import styles from './Define.module.css';

/** onGo leads to the whole of it. */
export function Glance({ onGo }: { onGo: () => void }) {
  const { t } = useTranslation('define');
  const below = useMedia('(max-width: 900px)');
  const { numbers } = useDefine();
  const standing = useStanding();
  if (!below) return null;
  return (
    <button type="button" className={styles.glance} data-late={numbers.late} onClick={onGo} title={t('preview.go')}>
      {numbers.answer && <Latest answer={numbers.answer} />}
      {standing && <span>{standing.text}</span>}
    </button>
  );
}

function Latest({ answer }: { answer: MetricAnswer }) {
  const { t } = useTranslation('define');
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const latest = latestOf(answer.periods);
  if (!latest) return <span>{t('preview.unsettled')}</span>;
  return (
    <>
      <b>{unit.show(latest.point.value).text}</b>
      <span>
        {period(latest.point.from)} · n = {format.full(latest.point.n)}
      </span>
    </>
  );
}

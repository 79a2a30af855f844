// The board on a phone: stages one under the other, with the same numbers.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { stageAnswer } from '../model/figures';
import { useBoard } from '../useBoard';
import { StageHeader } from './StageHeader';
import { StageSteps } from './StageSteps';
import { itemsOf, lanes } from './Lanes';
import styles from './StageList.module.css';

export function StageList() {
  const { t } = useTranslation('board');
  const { journey, answer, folded, late } = useBoard();
  const format = useFormat();
  return (
    <ol className={styles.list} data-late={late}>
      {journey.stages.map((stage, at) => {
        const left = stageAnswer(answer, stage.id)?.left?.n ?? 0;
        const notes = lanes.flatMap((lane) => stage.steps.flatMap((step) => itemsOf(step, lane).map((text) => ({ lane, text }))));
        return (
          <li key={stage.id}>
            {left > 0 && <p className={styles.left}>↓ {t('flow.left', { shown: format.count(left).text })}</p>}
            <StageHeader stage={stage} at={at} />
            <StageSteps stage={stage} at={at} />
            {notes.length > 0 && !folded(stage.id) && (
              <dl className={styles.notes}>
                {notes.map(({ lane, text }, i) => (
                  <div key={i}>
                    <dt>{t(`lanes.${lane}`)}</dt>
                    <dd>{text}</dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        );
      })}
    </ol>
  );
}

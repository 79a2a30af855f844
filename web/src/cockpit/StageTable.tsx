// The ribbon's numbers as a table.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answer, Journey, MeasureRequest } from '../api/types';
import { asCounted, stageAnswer } from '../board/model/figures';
import { useFormat } from '../format/useFormat';
import { Localized } from '../ui/Localized';
import { boardSearch } from './address';
import styles from './StageTable.module.css';

export function StageTable({ journey, answer, question }: { journey: Journey; answer: Answer; question: MeasureRequest & { journeyId: string } }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  return (
    // A region that scrolls has to be reachable without a mouse.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('journey.table')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('journey.stage')}</th>
            <th scope="col">{t('journey.reached')}</th>
            <th scope="col">{t('journey.rate')}</th>
            <th scope="col">{t('journey.interval')}</th>
            <th scope="col">{t('journey.median')}</th>
            <th scope="col">{t('journey.left')}</th>
          </tr>
        </thead>
        <tbody>
          {asCounted(journey, answer).map((stage, at) => {
            const figure = stageAnswer(answer, stage.id);
            const reached = figure?.reached ?? null;
            return (
              <tr key={stage.id} data-unknown={reached === null}>
                <th scope="row">
                  <Link to="/journeys/$id" params={{ id: question.journeyId }} search={boardSearch(question, stage.id)}>
                    <Localized text={stage.name} fallback={stage.id} />
                  </Link>
                </th>
                <td>{reached === null ? t('journey.unbound') : format.full(reached)}</td>
                <td>{at === 0 ? '–' : format.percent(figure?.ofPrevious?.rate)}</td>
                <td>{at === 0 ? '–' : format.interval(figure?.ofPrevious)}</td>
                <td>{at === 0 ? '–' : format.duration(figure?.time?.medianSeconds)}</td>
                <td>{at === 0 || !figure?.left ? '–' : format.full(figure.left.n)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

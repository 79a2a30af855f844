// The board on a phone: stages one under the other, with the same numbers.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Stage } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { stageAnswer, stageBefore } from '../model/figures';
import { useBoard, useNumbers, useSheet } from '../useBoard';
import { StageHeader } from './StageHeader';
import { StageSteps } from './StageSteps';
import { itemsOf, lanes } from './Lanes';
import styles from './StageList.module.css';

export function StageList() {
  const { t } = useTranslation('board');
  const { journey, folded } = useSheet();
  return (
    <List>
      {journey.stages.map((stage, at) => {
        const notes = lanes.flatMap((lane) => {
          const texts = [...new Set(stage.steps.flatMap((step) => itemsOf(step, lane)))];
          return texts.length > 0 ? [{ lane, texts }] : [];
        });
        return (
          <li key={stage.id}>
            <Passage to={stage} />
            <StageHeader stage={stage} at={at} />
            <StageSteps stage={stage} />
            {notes.length > 0 && !folded(stage.id) && (
              <dl className={styles.notes}>
                {notes.map(({ lane, texts }) => (
                  <div key={lane}>
                    <dt>{t(`lanes.${lane}`)}</dt>
                    <dd>
                      {texts.map((text) => (
                        <p key={text}>{text}</p>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        );
      })}
    </List>
  );
}

function List({ children }: { children: ReactNode }) {
  const { late } = useNumbers();
  return (
    <ol className={styles.list} data-late={late}>
      {children}
    </ol>
  );
}

const tall = 20;

/** The people between two stages: the ribbon of the wide board, as wide as they are many, and how many left. */
function Passage({ to }: { to: Stage }) {
  const { t } = useTranslation('board');
  const { journey, answer, leak } = useBoard();
  const format = useFormat();
  const from = stageBefore(journey, to.id, answer);
  const before = from && stageAnswer(answer, from.id)?.reached;
  const here = stageAnswer(answer, to.id);
  if (before == null || here?.reached == null || to.optional) return null;
  const most = Math.max(1, ...(answer?.stages.map((stage) => stage.reached ?? 0) ?? []));
  const width = (people: number) => (people === 0 ? 0 : Math.max(0.6, (people / most) * 100));
  const left = here.left?.n ?? 0;
  const hot = leak?.to.id === to.id;
  return (
    <div className={styles.passage}>
      <svg viewBox={`0 0 100 ${tall}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 0H${width(before)}C${width(before)} ${tall / 2} ${width(here.reached)} ${tall / 2} ${width(here.reached)} ${tall}H0Z`} fill={hot ? 'var(--ribbon-hot)' : 'var(--heard-soft)'} />
      </svg>
      {left > 0 && <p data-hot={hot}>{t('flow.left', { shown: format.count(left).text })}</p>}
    </div>
  );
}

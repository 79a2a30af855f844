// What an objective does at a stage: its measures, or a place that asks for one.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer } from '../../api/tree';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { nodeOf } from '../model/figures';
import { MeasureChip } from './MeasureChip';
import type { MatrixCell, Place } from './model';
import styles from './Matrix.module.css';

interface CellProps {
  answer: TreeAnswer;
  cell: MatrixCell;
  place: Place;
  /** For the words of buttons. */
  objective: string;
  stage: string;
  onAsk?: ((place: Place) => void) | undefined;
}

/** More measures than these unfold. */
const mostOpen = 2;

export function Cell({ answer, cell, place, objective, stage, onAsk }: CellProps) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const strategies = answer.objectives.flatMap((each) => each.strategies).filter(({ id }) => cell.strategies.includes(id));
  if (cell.empty) {
    const acts = strategies.map(({ id, name }) => pick(name, locale).text || id).join(t('comma'));
    return (
      <div className={styles.empty} data-missing={strategies.length > 0}>
        {strategies.length > 0 && (
          <>
            <b>{t('matrix.missing')}</b>
            <small>{acts}</small>
          </>
        )}
        {onAsk ? (
          <Button type="link" size="small" title={t('matrix.askAt', { objective, stage })} onClick={() => onAsk(place)}>
            ＋ <span className={styles.call}>{t('matrix.ask')}</span>
            <span className="visually-hidden">{t('matrix.askAt', { objective, stage })}</span>
          </Button>
        ) : (
          strategies.length === 0 && <span className="visually-hidden">{t('matrix.nothing')}</span>
        )}
      </div>
    );
  }
  const shown = isOpen ? cell.metrics : cell.metrics.slice(0, mostOpen);
  const left = cell.metrics.length - mostOpen;
  return (
    <div className={styles.measures}>
      {shown.map((metric) => (
        <MeasureChip key={metric} metric={metric} node={nodeOf(answer, metric)} grain={answer.grain} />
      ))}
      {left > 0 && (
        <button type="button" className={styles.more} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t('matrix.fewer') : t('matrix.more', { count: left })}
        </button>
      )}
    </div>
  );
}

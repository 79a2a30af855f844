import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { asCounted, stageAnswer } from '../model/figures';
import { layRibbon, type Column } from '../model/geometry';
import { useBoard } from '../useBoard';
import styles from './Canvas.module.css';

const height = 66;

/** People flowing through the stages: as wide as they are many, with tails for those who left. */
export function Ribbon({ columns, width }: { columns: Column[]; width: number }) {
  const { t } = useTranslation('board');
  const { journey, answer, leak, nameOf } = useBoard();
  const format = useFormat();
  const stages = asCounted(journey, answer);
  const answers = stages.map((stage) => stageAnswer(answer, stage.id));
  const reached = answers.map((each) => each?.reached ?? null);
  const left = (to: number): number => answers[to]?.left?.n ?? 0;
  const { bands, tails, waiting, asides } = layRibbon(
    stages.flatMap((stage) => columns[journey.stages.indexOf(stage)] ?? []),
    stages.map((stage, at) => ({ reached: reached[at] ?? null, left: left(at), optional: stage.optional ?? false })),
    height,
  );
  const told = stages
    .map((stage, at) => t('flow.told', { stage: nameOf(stage), reached: format.count(reached[at] ?? null).text }))
    .join(t('flow.and'));

  return (
    <div className={styles.ribbonBox}>
      <svg width={width} height={height} role="img" aria-label={told}>
        {tails.map((tail) => (
          <path key={tail.from} d={tail.path} fill="var(--tail)" />
        ))}
        {waiting.map((block) => (
          <path key={block.stage} d={block.path} fill="var(--star-line)">
            <title>{t('flow.waiting', { shown: format.count(answers[block.stage]?.pending ?? null).full, stage: nameAt(block.stage) })}</title>
          </path>
        ))}
        {bands.map((band) => (
          <path key={band.to} d={band.path} fill={isLeak(band.to) ? 'var(--ribbon-hot)' : 'var(--heard-soft)'}>
            <title>{`${nameAt(band.from)} → ${nameAt(band.to)}: ${format.count(reached[band.to] ?? null).full}`}</title>
          </path>
        ))}
        {asides.map((block) => (
          <path key={block.stage} d={block.path} fill="var(--heard)" opacity="0.7">
            <title>{`${nameAt(block.stage)}: ${format.count(reached[block.stage] ?? null).full}`}</title>
          </path>
        ))}
        {tails
          .filter((tail) => left(tail.to) > 0)
          .map((tail) => (
            <text
              key={tail.from}
              x={tail.x}
              y={height - 5}
              textAnchor="middle"
              fontSize="10.5"
              fill={isLeak(tail.to) ? 'var(--fall-ink)' : 'var(--faint)'}
              stroke="var(--paper)"
              strokeWidth="3"
              paintOrder="stroke"
            >
              {t('flow.left', { shown: format.count(left(tail.to)).text })}
            </text>
          ))}
      </svg>
    </div>
  );

  function isLeak(place: number): boolean {
    return leak !== null && stages[place]?.id === leak.to.id;
  }

  function nameAt(place: number): string {
    const stage = stages[place];
    return stage ? nameOf(stage) : '';
  }
}

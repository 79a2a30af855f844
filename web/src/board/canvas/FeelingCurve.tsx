// The curve of feeling, in three tracks: what we believe (dashed), what is heard
// in customers' texts, what they said when asked. Where a track is not known it
// is not drawn, and the legend says so.
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, StageAnswer } from '../../api/types';
import { believed, perceptionGap, stageAnswer, type PerceptionGap } from '../model/figures';
import { feelingY, layTrack, type Column, type Point } from '../model/geometry';
import { same } from '../../drawing/same';
import { useBoard, useSheet } from '../useBoard';
import { signed } from './StepStrip';
import styles from './Canvas.module.css';

const height = 112;

interface Track {
  key: 'believed' | 'said' | 'heard' | 'behaved';
  colour: string;
  ink: string;
  dashed?: boolean;
  values: (number | null)[];
  ns: (number | null)[];
}

export function FeelingCurve({ columns, width }: { columns: Column[]; width: number }) {
  const { journey, answer } = useBoard();
  const sentiments = journey.stages.map((stage) => stageAnswer(answer, stage.id)?.sentiment);
  const gap = perceptionGap(journey, answer);
  return <Curve columns={columns} width={width} journey={journey} sentiments={sentiments} gap={gap} known={answer !== undefined} />;
}

interface CurveProps {
  columns: Column[];
  width: number;
  journey: Journey;
  sentiments: (StageAnswer['sentiment'] | undefined)[];
  gap: PerceptionGap | null;
  known: boolean; // that is, measured
}

/** Most answers change no feeling, and the curve is not drawn again for them. */
const Curve = memo(function Curve({ columns, width, journey, sentiments, gap, known }: CurveProps) {
  const { t } = useTranslation('board');
  const { nameOf } = useSheet();
  const measured = (key: 'said' | 'heard' | 'behaved', colour: string, ink: string): Track => ({
    key,
    colour,
    ink,
    values: sentiments.map((each) => each?.[key]?.mean ?? null),
    ns: sentiments.map((each) => each?.[key]?.n ?? null),
  });
  const behaved = measured('behaved', 'var(--rise)', 'var(--rise-ink)');
  const tracks: Track[] = [
    { key: 'believed', colour: 'var(--belief)', ink: 'var(--faint)', dashed: true, values: journey.stages.map(believed), ns: [] },
    measured('heard', 'var(--heard)', 'var(--heard-ink)'),
    measured('said', 'var(--said)', 'var(--said-ink)'),
    ...(behaved.values.some((value) => value !== null) ? [behaved] : []),
  ];
  const gapAt = journey.stages.findIndex((stage) => stage.id === gap?.stage);
  const told = tracks
    .map((track) => {
      const known = journey.stages.flatMap((stage, at) => {
        const value = track.values[at];
        return value == null ? [] : [`${nameOf(stage)} ${signed(value)}`];
      });
      return `${t(`feeling.${track.key}`)}: ${known.length > 0 ? known.join(', ') : t('unknown')}`;
    })
    .join('; ');

  return (
    <div className={styles.curveBox} style={{ width }}>
      <Legend tracks={tracks} measured={known} />
      <svg width={width - 2} height={height} role="img" aria-label={told}>
        <line x1={0} x2={width - 2} y1={height / 2} y2={height / 2} stroke="var(--line)" />
        <text x={8} y={18} fontSize="10" fill="var(--faint)">
          +2
        </text>
        <text x={8} y={height - 8} fontSize="10" fill="var(--faint)">
          −2
        </text>
        {tracks.map((track) => (
          <g key={track.key}>
            {layTrack(columns, track.values, height).map((run) => (
              <polyline
                key={run[0]?.stage}
                points={run.map(({ x, y }) => `${x},${y}`).join(' ')}
                fill="none"
                stroke={track.colour}
                strokeWidth={track.dashed ? 2 : 2.2}
                strokeDasharray={track.dashed ? '5 5' : undefined}
              />
            ))}
            {layTrack(columns, track.values, height)
              .flat()
              .map((point) => (
                <circle
                  key={point.stage}
                  cx={point.x}
                  cy={point.y}
                  r={track.dashed ? 2.5 : 3.5}
                  fill="var(--card)"
                  stroke={track.colour}
                  strokeWidth={2}
                >
                  <title>{titleOf(track, point)}</title>
                </circle>
              ))}
          </g>
        ))}
        {gap && columns[gapAt] && <GapLabel x={columns[gapAt].centre} text={t('feeling.gap', { by: Math.abs(gap.by).toFixed(1) })} />}
      </svg>
    </div>
  );

  function titleOf(track: Track, point: Point): string {
    const n = track.ns[point.stage];
    const of = n == null ? '' : ` (n = ${n})`;
    return `${t(`feeling.${track.key}`)} ${signed(point.value)}${of}`;
  }
}, same);

function GapLabel({ x, text }: { x: number; text: string }) {
  const width = [...text].reduce((sum, letter) => sum + (letter > '⺀' ? 10.6 : 5.8), 22);
  const y = feelingY(-2, height) - 9;
  return (
    <g>
      <rect x={x - width / 2} y={y} width={width} height={19} rx={9.5} fill="var(--fall-tint)" />
      <text x={x} y={y + 13.5} fontSize="10.5" fill="var(--fall-ink)" textAnchor="middle">
        {text}
      </text>
    </g>
  );
}

/** Names of the tracks; unknown ones say the word. */
function Legend({ tracks, measured }: { tracks: Track[]; measured: boolean }) {
  const { t } = useTranslation('board');
  return (
    <ul className={styles.legend} aria-hidden="true">
      {tracks.map((track) => (
        <li key={track.key} style={{ color: track.ink }}>
          {track.dashed ? '- - ' : '— '}
          {t(`feeling.${track.key}`)}
          {measured && track.values.every((value) => value === null) && ` ${t('unknown')}`}
        </li>
      ))}
    </ul>
  );
}

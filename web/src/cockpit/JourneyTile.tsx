// The whole journey as one ribbon of people, the step that leaks most lit; each stage
// opens on the board, where the numbers are the same.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Select } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Answer, Journey, MeasureRequest, Revision, Stage } from '../api/types';
import { asCounted, isSmall, stageAnswer } from '../board/model/figures';
import { layRibbon, type Column } from '../board/model/geometry';
import { worstLeak, type Leak } from '../board/model/leak';
import { useSpanName } from '../board/filter/WindowChoice';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Localized } from '../ui/Localized';
import { boardSearch } from './address';
import { StageTable } from './StageTable';
import { useOwners } from './useOwners';
import { Tile } from './Tile';
import styles from './JourneyTile.module.css';

interface JourneyTileProps {
  question: MeasureRequest & { journeyId: string };
  /** The journeys to choose from; none or one is no choice. */
  choices?: { value: string; label: string }[];
  onChoose?: (id: string) => void;
  /** Its numbers in a table instead of the ribbon. */
  table?: boolean;
  className?: string | undefined;
}

export function JourneyTile({ question, choices = [], onChoose, table = false, className }: JourneyTileProps) {
  const { t } = useTranslation('cockpit');
  const owners = useOwners();
  const format = useFormat();
  const spanName = useSpanName();
  const id = question.journeyId;
  const drawn = useQuery({
    queryKey: ['definitions', 'Journey', id],
    queryFn: ({ signal }) => api.get<Revision<Journey>>(`/definitions${pathOf('Journey', id)}`, undefined, signal),
  });
  const measured = useQuery({
    queryKey: ['measure', 'journey', question],
    queryFn: ({ signal }) => api.post<Answer>('/measure', question, { signal }),
  });
  const journey = drawn.data?.body;
  const answer = measured.data;
  const leak = journey && answer ? worstLeak(journey, answer) : null;
  const failed = [drawn, measured].find(({ error }) => error);
  return (
    <Tile
      className={className}
      title={
        <span className={styles.title}>
          {t('journey.title')} ·{' '}
          {choices.length > 1 && onChoose ? (
            <Select size="small" variant="filled" value={id} options={choices} onChange={onChoose} aria-label={t('journey.choose')} popupMatchSelectWidth={false} />
          ) : (
            <Localized text={journey?.name} fallback={id} />
          )}
        </span>
      }
      extra={
        drawn.data &&
        journey &&
        answer &&
        [owners(journey.owner ?? []), t('journey.version', { version: drawn.data.version }), t('journey.window', { window: spanName(answer.rule.window) }), t('journey.entered', { shown: format.count(answer.entered).text }), answer.from ? t('journey.from', { day: format.date(answer.from) }) : t('journey.always'), t('asOf', { when: format.dateTime(answer.asOf) })].join(' · ')
      }
      loading={!journey || !answer}
      error={failed?.error ?? null}
      retry={() => void failed?.refetch()}
      rows={4}
    >
      {journey && answer && (
        <>
          {leak ? <LeakLine leak={leak} question={question} /> : <p className={styles.leak}>{t(answer.entered ? 'journey.noLeak' : 'journey.nobody')}</p>}
          {table ? <StageTable journey={journey} answer={answer} question={question} /> : <Ribbon journey={journey} answer={answer} leak={leak} question={question} />}
        </>
      )}
    </Tile>
  );
}

function LeakLine({ leak, question }: { leak: Leak; question: MeasureRequest & { journeyId: string } }) {
  const { t } = useTranslation('cockpit');
  const { t: board } = useTranslation('board');
  const locale = useLocale();
  const format = useFormat();
  const name = (stage: Stage) => pick(stage.name, locale).text || stage.id;
  return (
    <p className={styles.leak}>
      <Trans
        t={board}
        i18nKey="sentence.leak"
        values={{
          from: name(leak.from),
          to: name(leak.to),
          had: format.count(leak.had).text,
          reached: format.count(leak.reached).text,
          rate: format.percent(leak.rate.rate),
          interval: format.interval(leak.rate),
          lost: format.count(leak.lost).text,
        }}
        components={{ b: <b /> }}
      />
      {isSmall(leak.rate) && board('sentence.few', { n: leak.rate.n })}
      {board('sentence.end')}{' '}
      <Link to="/journeys/$id" params={{ id: question.journeyId }} search={boardSearch(question, leak.to.id)}>
        {t('journey.people')} →
      </Link>
    </p>
  );
}

const height = 46;
const wide = 1000; // of the drawing, which is stretched over the room there is

function Ribbon({ journey, answer, leak, question }: { journey: Journey; answer: Answer; leak: Leak | null; question: MeasureRequest & { journeyId: string } }) {
  const { t } = useTranslation('cockpit');
  const { t: board } = useTranslation('board');
  const format = useFormat();
  const stages = asCounted(journey, answer);
  const figures = stages.map((stage) => stageAnswer(answer, stage.id));
  const most = Math.max(1, ...figures.map((each) => each?.reached ?? 0));
  const room = wide / stages.length;
  const columns: Column[] = stages.map((_, at) => ({ x: at * room, width: room, centre: (at + 0.5) * room }));
  const { bands, tails, waiting, asides } = layRibbon(
    columns,
    stages.map((stage, at) => ({ reached: figures[at]?.reached ?? null, left: figures[at]?.left?.n ?? 0, optional: stage.optional ?? false })),
    height,
  );
  const isLeak = (place: number) => leak !== null && stages[place]?.id === leak.to.id;
  return (
    <div className={styles.journey}>
      <ol className={styles.stages} style={{ gridTemplateColumns: `repeat(${stages.length}, minmax(0, 1fr))` }}>
        {stages.map((stage, at) => {
          const figure = figures[at];
          const reached = figure?.reached ?? null;
          return (
            <li key={stage.id} data-leak={isLeak(at)} data-unknown={reached === null}>
              <Link to="/journeys/$id" params={{ id: question.journeyId }} search={boardSearch(question, stage.id)}>
                <Localized text={stage.name} fallback={stage.id} />
                <b title={format.count(reached).full}>{format.count(reached).text}</b>
                <small title={figure?.ofPrevious ? `${format.interval(figure.ofPrevious)} · n = ${format.full(figure.ofPrevious.n)}` : undefined}>
                  {at === 0 ? t('journey.entering') : reached === null ? t('journey.unbound') : format.percent(figure?.ofPrevious?.rate)}
                  {stage.optional && ` · ${t('journey.optional')}`}
                </small>
                {isLeak(at) && <span className="visually-hidden">{t('journey.leaks')}</span>}
              </Link>
              <i className={styles.bar} style={{ width: `${((reached ?? 0) / most) * 100}%` }} aria-hidden="true" />
            </li>
          );
        })}
      </ol>
      <svg className={styles.ribbon} viewBox={`0 0 ${wide} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {tails.map((tail) => (
          <path key={tail.from} d={tail.path} fill="var(--line)" />
        ))}
        {waiting.map((block) => (
          <path key={block.stage} d={block.path} fill="var(--star-line)" />
        ))}
        {bands.map((band) => (
          <path key={band.to} d={band.path} fill={isLeak(band.to) ? 'var(--lit)' : 'var(--heard-soft)'} />
        ))}
        {asides.map((block) => (
          <path key={block.stage} d={block.path} fill="var(--heard)" opacity="0.7" />
        ))}
      </svg>
      <p className={styles.left} style={{ gridTemplateColumns: `repeat(${stages.length}, minmax(0, 1fr))` }} aria-hidden="true">
        {stages.map((stage, at) => {
          const left = figures[at]?.left?.n ?? 0;
          return (
            <span key={stage.id} data-leak={isLeak(at)}>
              {at > 0 && left > 0 && !stage.optional ? board('flow.left', { shown: format.count(left).text }) : ''}
            </span>
          );
        })}
      </p>
    </div>
  );
}

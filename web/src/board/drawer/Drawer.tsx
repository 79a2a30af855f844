// What there is to know about the selected stage or step, at the side of the
// board; on a phone a sheet over it.
import { CloseOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StepAnswer } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { Change } from '../../ui/Change';
import { signed, Soon } from '../canvas/StepStrip';
import { focusSpot } from '../canvas/focus';
import { itemsOf } from '../canvas/Lanes';
import { isSmall, type ChangeSince } from '../model/figures';
import { findStage, findStep, isBound, type Spot } from '../model/operation';
import { stepCode } from '../model/where';
import { countedOf } from '../model/counted';
import { useBoard, useFigures } from '../useBoard';
import { BreakdownBars } from './BreakdownBars';
import { Histogram } from './Histogram';
import { PeopleHere } from './PeopleHere';
import { StepFields } from './StepFields';
import { StepsOfStage } from './StepsOfStage';
import { TraceSection } from './TraceSection';
import styles from './Drawer.module.css';

export function Drawer({ spot }: { spot: Spot }) {
  const { t } = useTranslation('board');
  const board = useBoard();
  const { journey, answer, nameOf, select, editing, late, question } = board;
  const { at, now: figures, change, first } = useFigures(spot);
  const measuring = !answer && question !== null && !late;
  const stage = findStage(journey, spot.stage);
  const step = findStep(journey, spot);
  if (!stage) return null;
  const place = journey.stages.indexOf(stage);
  const bound = step ? isBound(step) : stage.steps.some(isBound);
  const owners = step ? (step.owner ?? []) : [...new Set(stage.steps.flatMap((each) => each.owner ?? []))];
  const evidence = (step ? [step] : stage.steps).flatMap((each) => itemsOf(each, 'evidence'));
  const part = step ?? stage;
  const name = nameOf(part);
  const close = () => {
    select(undefined);
    focusSpot(spot);
  };

  return (
    <aside className={styles.drawer} aria-label={t('drawer.title', { name })} data-late={late}>
      <div className={styles.head}>
        <div>
          <h2>{name}</h2>
          <p className={styles.sub}>
            {t('drawer.place', { place: place + 1 })}
            {step && ` ${nameOf(stage)}`} · {owners.length > 0 ? t('drawer.owner', { owners: owners.join(t('rule.and')) }) : t('drawer.noOwner')}
          </p>
        </div>
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('drawer.close')} onClick={close} />
      </div>
      {step && isBound(step) && <code className={styles.code}>{stepCode(step)}</code>}

      {bound && measuring ? (
        <Skeleton active title={false} paragraph={{ rows: 8, width: '100%' }} />
      ) : bound ? (
        <>
          <Rows answer={figures} change={change} spot={at} first={first} />
          {figures?.time?.histogram && figures.time.histogram.length > 0 && (
            <Section title={t('drawer.times')}>
              <Histogram bins={figures.time.histogram} median={figures.time.medianSeconds} p90={figures.time.p90Seconds} />
            </Section>
          )}
          <BreakdownBars spot={at} />
          {!step && stage.steps.length > 1 && <StepsOfStage stage={stage} />}
          <PeopleHere spot={at} pending={figures?.pending ?? null} first={first} />
        </>
      ) : (
        <p className={styles.unbound}>
          {t('drawer.unbound')}{' '}
          {step && board.mayEdit && (
            <Button
              size="small"
              onClick={() => {
                if (!editing) board.go({ edit: true });
                board.open({ kind: 'bind', spot: { stage: stage.id, step: step.id } });
              }}
            >
              {t('step.bind')}
            </Button>
          )}
        </p>
      )}
      {step && editing && <StepFields stage={stage} step={step} />}
      <section id="board-evidence" tabIndex={-1} className={styles.section}>
        <h3>{t('lanes.evidence')}</h3>
        {evidence.length > 0 ? (
          <ul className={styles.list}>
            {evidence.map((text, i) => (
              <li key={i}>{text}</li>
            ))}
          </ul>
        ) : (
          <p className={styles.faint}>{t('drawer.noEvidence')}</p>
        )}
      </section>
      <TraceSection spot={at} bound={bound} />
    </aside>
  );
}

export function Section({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

interface RowsProps {
  answer: StepAnswer | undefined;
  change: ChangeSince | null;
  spot: Spot;
  first: boolean;
}

/** The six numbers in full, each with its n and interval; counts open to their people. */
function Rows({ answer, change, spot, first }: RowsProps) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const { open, comparing, address, journey, question } = useBoard();
  const counted = countedOf(journey);
  const unknown = <em>{t('unknown')}</em>;
  const untold = question?.only === 'counts' ? <Soon /> : unknown; // of times and money
  const rate = answer?.ofPrevious;
  const people = (state: 'reached' | 'left') => () => open({ kind: 'customers', ...spot, state });
  const feelings = (['said', 'heard', 'behaved'] as const).flatMap((key) => {
    const found = answer?.sentiment[key];
    return found ? [`${t(`feeling.${key}`)} ${signed(found.mean)} (n = ${format.full(found.n)})`] : [];
  });
  return (
    <dl className={styles.rows}>
      <Line label={t('drawer.reached')}>
        {answer?.reached == null ? (
          unknown
        ) : (
          <>
            <button type="button" onClick={people('reached')} title={t('drawer.openPeople')}>
              {t('drawer.people', { context: counted, count: answer.reached, shown: format.full(answer.reached) })}
            </button>
            {rate?.rate != null && (
              <span data-small={isSmall(rate)}>
                {' '}
                · {format.percent(rate.rate)} <small>({format.interval(rate)}, n = {format.full(rate.n)}{isSmall(rate) ? `, ${t('step.fewWord')}` : ''})</small>
              </span>
            )}
          </>
        )}
      </Line>
      {!first && (
        <>
          <Line label={t('drawer.ofStart')}>
            {answer?.ofStart?.rate == null ? unknown : <>{format.percent(answer.ofStart.rate)} <small>({format.interval(answer.ofStart)})</small></>}
          </Line>
          <Line label={t('drawer.times50')}>
            {answer?.time?.medianSeconds == null ? untold : `${format.duration(answer.time.medianSeconds)} / ${format.duration(answer.time.p90Seconds)}`}
          </Line>
          <Line label={t('drawer.fromEntry')}>{answer?.timeFromEntry?.medianSeconds == null ? untold : format.duration(answer.timeFromEntry.medianSeconds)}</Line>
          <Line label={t('drawer.left')}>
            {!answer?.left ? (
              unknown
            ) : (
              <>
                <button type="button" onClick={people('left')} title={t('drawer.openPeople')}>
                  {t('drawer.people', { context: counted, count: answer.left.n, shown: format.full(answer.left.n) })}
                </button>
                {answer.left.medianDwellSeconds === 0 && <> · {t('drawer.didNothing')}</>}
                {answer.left.medianDwellSeconds !== null && answer.left.medianDwellSeconds > 0 && <> · {t('drawer.dwell', { time: format.duration(answer.left.medianDwellSeconds) })}</>}
              </>
            )}
          </Line>
          <Line label={t('drawer.eventual')} hint={t('drawer.eventualHint')}>
            {answer?.eventual ? format.percent(answer.eventual.rate) : untold}
          </Line>
        </>
      )}
      {answer?.events != null && <Line label={t('drawer.events')}>{format.full(answer.events)}</Line>}
      {answer?.lift != null && (
        <Line label={t('drawer.lift')} hint={t('drawer.liftHint')}>
          × {answer.lift.toFixed(2)}
        </Line>
      )}
      <Line label={t('step.sentiment')}>{feelings.length > 0 ? feelings.join('; ') : unknown}</Line>
      <Line label={t('step.cost', { context: counted })}>{answer?.cost && answer.cost.length > 0 ? format.moneyList(answer.cost, 'perCustomer') : untold}</Line>
      <Line label={t('step.value', { context: counted })}>
        {answer?.value && answer.value.length > 0 ? (
          <>
            {format.moneyList(answer.value, 'perCustomer')} <small>({t('drawer.total', { amount: format.moneyList(answer.value, 'total') })})</small>
          </>
        ) : (
          untold
        )}
      </Line>
      {comparing && (
        <Line label={t('step.change')}>
          {change ? (
            <>
              <Change value={change.by} unit={change.unit === 'points' ? 'points' : 'percent'} good={change.clear ? 'up' : null} />
              {!change.clear && <small> {t('step.byChance')}</small>}
            </>
          ) : (
            unknown
          )}
        </Line>
      )}
      {!comparing && address.compare && <Line label={t('step.change')}><em>{t('filter.nothingBefore')}</em></Line>}
    </dl>
  );
}

function Line({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div title={hint}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// The sentence on top: where the journey loses most, in words, with the way to
// the people behind it.
import { Button } from 'antd';
import { useRef, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';
import { Sentence } from '../ui/Sentence';
import { useStill } from './canvas/dragging';
import { isBound } from './model/operation';
import { isDay, lengthInDays } from './model/period';
import type { Leak } from './model/leak';
import { useBoard } from './useBoard';
import { useValueName } from './useValueName';
import { isSmall } from './model/figures';
import styles from './Board.module.css';

const daysOfMonth = 30.4375;

export function LeakSentence() {
  const { t } = useTranslation('board');
  const { journey, answer, editing, go, mayEdit } = useBoard();
  const room = useRef<HTMLDivElement>(null);
  useStill(room);
  const measured = journey.stages.flatMap((stage) => stage.steps).filter(isBound).length;
  if (journey.stages.length === 0 || measured === 0) {
    return (
      <Sentence tone="calm" action={mayEdit && !editing && <Button type="link" style={{ paddingInline: 0 }} onClick={() => go({ edit: true })}>{t('header.draw')} →</Button>}>
        {t(journey.stages.length === 0 ? 'sentence.empty' : 'sentence.unbound')}
      </Sentence>
    );
  }
  return (
    <div ref={room} className={styles.sentence} data-waiting={!answer}>
      <div>
        <Measured />
      </div>
    </div>
  );
}

function Measured() {
  const { t } = useTranslation('board');
  const { leak, answer, select } = useBoard();
  if (!answer) return <Sentence tone="calm">{t('filter.measuring')}</Sentence>;
  if (!leak) return <Sentence tone="calm">{t(answer.entered === 0 ? 'sentence.nobody' : answer.rule.order === 'any' ? 'sentence.anyOrder' : 'sentence.noLeak')}</Sentence>;
  const at = leak.to.steps.length === 1 && leak.to.steps[0] ? { stage: leak.to.id, step: leak.to.steps[0].id } : { stage: leak.to.id };
  return (
    <Sentence
      action={
        <Button type="link" style={{ paddingInline: 0 }} onClick={() => select(at)}>
          {t('sentence.evidence')} →
        </Button>
      }
    >
      <Found leak={leak} />
    </Sentence>
  );
}

function Found({ leak }: { leak: Leak }) {
  const { t } = useTranslation('board');
  const { nameOf, address, today } = useBoard();
  const format = useFormat();
  const valueName = useValueName();
  const count = (people: number) => format.count(people).text;
  const bold = { b: <b /> };
  const say = (key: string, values: Record<string, string | number>): ReactNode => <Trans t={t} i18nKey={key} values={values} components={bold} shouldUnescape tOptions={{ interpolation: { escapeValue: true } }} />;

  const parts: ReactNode[] = [
    say('sentence.leak', {
      from: nameOf(leak.from),
      to: nameOf(leak.to),
      had: count(leak.had),
      reached: count(leak.reached),
      rate: format.percent(leak.rate.rate),
      interval: format.interval(leak.rate),
      lost: count(leak.lost),
    }),
  ];
  if (leak.pending) parts.push(say('sentence.pending', { shown: count(leak.pending) }));
  if (isSmall(leak.rate)) parts.push(say('sentence.few', { n: leak.rate.n }));
  if (leak.medianSeconds !== null) parts.push(say('sentence.wait', { time: format.duration(leak.medianSeconds) }));
  if (leak.worst) parts.push(say('sentence.worst', { value: valueName(leak.worst.value), rate: format.percent(leak.worst.rate.rate) }));
  if (leak.gain) {
    // "a month" only where the length of the period is known and makes sense of one.
    const days = lengthInDays(address, today);
    const monthly = days !== null && isDay(address.from) && days >= daysOfMonth ? daysOfMonth / days : null;
    const share = monthly ?? 1;
    const customers = t('sentence.people', { shown: count(Math.round(leak.gain.customers * share)) });
    const rate = format.percent(leak.gain.rate);
    const per = t(monthly ? 'sentence.perMonth' : 'sentence.inPeriod');
    // What was reached before can be reached again, and may be put in money. That
    // all could be like the best of many is a bound, and says people only.
    if (leak.gain.reference === 'before') {
      const money = leak.gain.value && format.money(leak.gain.value.total * share, leak.gain.value.currency).text;
      parts.push(say('sentence.gainBefore', { rate, per, gain: money ?? customers }));
    } else {
      parts.push(say('sentence.gainSegment', { rate, per, gain: customers, segment: valueName(leak.gain.segment ?? null), to: nameOf(leak.to) }));
    }
  } else {
    parts.push(t('sentence.end'));
  }
  return (
    <>
      {parts.map((part, i) => (
        <span key={i}>{part}</span>
      ))}
    </>
  );
}

// Puts numbers to what is drawn, and hands them to what is inside.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeasureRequest } from '../api/types';
import { sessionQuery } from '../app/queries';
import { useDropping } from './canvas/dragging';
import { asDrawn } from './model/figures';
import { mainCurrency, worstLeak } from './model/leak';
import { apply, sameShape, type Operation } from './model/operation';
import { same } from '../drawing/same';
import { dayOf } from './model/period';
import { measurable, questionBefore, questionOf } from './model/question';
import { NumbersContext, useSheet, type Numbers } from './useBoard';
import { useMeasure, useSettled } from './useMeasure';

export function Measuring({ children }: { children: ReactNode }) {
  const sheet = useSheet();
  const { revision, draft, journey, address } = sheet;
  const held = useDropping(sheet);
  useSaying(held);
  const tried = useMemo(() => (held && apply(journey, held)) ?? journey, [held, journey]);
  // What a person types is measured once they rest; what they move, add or take away at once.
  const drawn = useSettled(tried, (from, to) => !sameShape(from, to));

  // The stored revision the draft stands on, which may be older than the current one.
  const base = useMemo(() => ({ ...revision, body: draft.base, version: draft.version }), [revision, draft.base, draft.version]);
  const whole = useMemo(() => questionOf(base, drawn, address), [base, drawn, address]);
  const moving = useMoving(held);
  const [took, seeTook] = useState(0); // milliseconds, the last answer to a whole question
  const asked = useMemo<MeasureRequest | null>(() => (whole && moving && took > promptMillis ? { ...whole, only: 'counts' } : whole), [whole, moving, took]);
  const timezone = useQuery(sessionQuery).data?.workspace.timezone ?? 'UTC';
  const [asOf, seeAsOf] = useState(() => address.asOf ?? new Date().toISOString());
  const today = useMemo(() => dayOf(asOf, timezone), [asOf, timezone]);
  const earlier = useMemo(() => questionBefore(asked, address, today), [asked, address, today]);
  const { question, answer: told, before: toldBefore, error: wrong, late, loading, retry } = useMeasure(asked, earlier);
  const [answer, before] = useMemo(() => {
    const { stages } = question?.journey ?? measurable(base.body);
    return [asDrawn(told, stages), asDrawn(toldBefore, stages)];
  }, [question, base, told, toldBefore]);
  // A place where something cannot be dropped is no fault until it is; the words would move the board from under the pointer.
  const error = held ? null : wrong;
  const comparing = earlier !== null;
  if (answer && answer.asOf !== asOf) seeAsOf(answer.asOf);
  const taken = question?.only ? undefined : answer?.elapsedMillis;
  if (taken !== undefined && taken !== took) seeTook(taken);

  const numbers = useMemo<Numbers>(
    () => ({
      question,
      answer,
      before,
      comparing,
      late,
      loading,
      error,
      retry,
      leak: answer ? worstLeak(journey, answer, before) : null,
      currency: { value: mainCurrency(answer, 'value'), cost: mainCurrency(answer, 'cost') },
      today,
    }),
    [question, answer, before, comparing, late, loading, error, retry, journey, today],
  );
  return <NumbersContext value={numbers}>{children}</NumbersContext>;
}

/** Answers that take longer are seen to come late: while the hand moves, counts alone are asked then, which takes half as long. */
const promptMillis = 40;

/** Whether something is held, by a hand that does not rest. */
function useMoving(held: Operation | null): boolean {
  const rests = useSettled(held);
  return held !== null && !same(rests, held);
}

const listenMillis = 700;

/** Says aloud what letting go would do, once the hand rests: not at every place it passes. */
function useSaying(held: Operation | null): void {
  const { t } = useTranslation('board');
  const { announce, say } = useSheet();
  const rests = useSettled(held, undefined, listenMillis);
  const words = rests && same(rests, held) ? t('said.ifDropped', { what: say(rests) }) : null;
  useEffect(() => {
    if (words) announce(words);
  }, [announce, words]);
}

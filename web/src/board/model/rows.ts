// The table twin of the board: the same numbers, one row a stage and one a step.
import type { Answer, Journey, StepAnswer } from '../../api/types';
import { changeSince, figuresAt, stageAnswer, standingOf, type ChangeSince } from './figures';
import type { Spot } from './operation';

export interface Row {
  key: string;
  spot: Spot;
  place: number; // in the order of the board
  stage: string;
  step: string | null; // null: the row of the stage itself
  bound: boolean;
  answer: StepAnswer | undefined;
  change: ChangeSince | null;
}

type Name = (part: { id: string; name?: Journey['name'] }) => string;

export function rowsOfBoard(journey: Journey, answer: Answer | undefined, before: Answer | undefined, name: Name): Row[] {
  const rows: Row[] = [];
  for (const stage of journey.stages) {
    const own = stageAnswer(answer, stage.id);
    rows.push({
      key: stage.id,
      spot: { stage: stage.id },
      place: rows.length,
      stage: name(stage),
      step: null,
      bound: stage.steps.some((step) => (step.when?.length ?? 0) > 0),
      answer: own,
      change: changeSince(own, stageAnswer(before, stage.id)),
    });
    for (const step of stage.steps) {
      const spot = { stage: stage.id, step: step.id };
      const figures = figuresAt(answer, standingOf(journey, answer, spot));
      rows.push({
        key: `${stage.id}/${step.id}`,
        spot,
        place: rows.length,
        stage: name(stage),
        step: name(step),
        bound: (step.when?.length ?? 0) > 0,
        answer: figures,
        change: changeSince(figures, figuresAt(before, standingOf(journey, before, spot))),
      });
    }
  }
  return rows;
}

export type SortKey = 'place' | 'reached' | 'rate' | 'left' | 'pending' | 'time' | 'sentiment' | 'cost' | 'value' | 'change';

/** Sorted by a figure; unknown goes last both ways, and equals keep the order of the board. */
export function sorted(rows: Row[], by: SortKey, descending: boolean): Row[] {
  const figure = (row: Row): number | null => figures[by](row);
  return rows.toSorted((a, b) => {
    const [x, y] = [figure(a), figure(b)];
    if (x === null || y === null) return x === y ? a.place - b.place : x === null ? 1 : -1;
    return (descending ? y - x : x - y) || a.place - b.place;
  });
}

export const figures: Record<SortKey, (row: Row) => number | null> = {
  place: (row) => row.place,
  reached: (row) => row.answer?.reached ?? null,
  rate: (row) => row.answer?.ofPrevious?.rate ?? null,
  left: (row) => row.answer?.left?.n ?? null,
  pending: (row) => row.answer?.pending ?? null,
  time: (row) => row.answer?.time?.medianSeconds ?? null,
  sentiment: (row) => feelingOf(row.answer)?.mean ?? null,
  cost: (row) => row.answer?.cost?.[0]?.perCustomer ?? null,
  value: (row) => row.answer?.value?.[0]?.perCustomer ?? null,
  change: (row) => row.change?.by ?? null,
};

/** What customers feel: said where they were asked, else heard in their texts, else how they behaved. */
export function feelingOf(answer: StepAnswer | undefined): { mean: number; n: number; by: 'said' | 'heard' | 'behaved' } | null {
  const sentiment = answer?.sentiment;
  if (sentiment?.said) return { ...sentiment.said, by: 'said' };
  if (sentiment?.heard) return { ...sentiment.heard, by: 'heard' };
  if (sentiment?.behaved) return { ...sentiment.behaved, by: 'behaved' };
  return null;
}

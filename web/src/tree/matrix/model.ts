// What the matrix finds: stages that no metric tells anything about, and what is
// lost there.
import type { TreeAnswer, TreeMatrix, TreeObjective } from '../../api/tree';
import type { Answer, Journey } from '../../api/types';
import { leakAt, type Leak } from '../../board/model/leak';

export type Row = TreeMatrix['rows'][number];
export type MatrixCell = Row['cells'][number];
export type Stage = TreeMatrix['stages'][number];
export type Strategy = TreeObjective['strategies'][number];
export type BoundStep = Strategy['steps'][number];

/** A place in the matrix: where somebody asks for a measure. */
export interface Place {
  objective: string;
  journey: string;
  stage: string;
}

/** The stages that no objective measures. */
export function unmeasuredStages(matrix: TreeMatrix): Stage[] {
  return matrix.stages.filter(({ id }) => matrix.rows.every((row) => row.cells.every((cell) => cell.stage !== id || cell.empty)));
}

/** The rows that act on the journey, and those that do not. */
export function rowsOf(matrix: TreeMatrix): { acting: Row[]; idle: Row[] } {
  const acts = (row: Row) => row.cells.some((cell) => cell.strategies.length > 0);
  return { acting: matrix.rows.filter(acts), idle: matrix.rows.filter((row) => !acts(row)) };
}

/** Strategies that act on steps of a journey and are measured by nothing, with these steps. */
export function unmeasuredSteps(answer: TreeAnswer, journey: string): { strategy: Strategy; steps: BoundStep[] }[] {
  return answer.objectives
    .flatMap(({ strategies }) => strategies)
    .filter(({ measures }) => measures.length === 0)
    .map((strategy) => ({ strategy, steps: strategy.steps.filter((step) => step.journey === journey) }))
    .filter(({ steps }) => steps.length > 0);
}

/** Of some stages of a journey the one that most customers are lost before; null where none loses anybody, or nothing is known. */
export function painOf(journey: Journey, answer: Answer, stages: Stage[]): Leak | null {
  if (answer.rule.order === 'any') return null; // levels lie one after the other, not the stages drawn
  const ids = new Set(stages.map(({ id }) => id));
  const leaks = journey.stages.flatMap((stage) => {
    const leak = ids.has(stage.id) ? leakAt(journey, answer, undefined, stage, null) : null;
    return leak && leak.lost > 0 ? [leak] : [];
  });
  return leaks.reduce<Leak | null>((worst, leak) => (worst && worst.lost >= leak.lost ? worst : leak), null);
}

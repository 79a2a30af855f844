// The board as rows for a spreadsheet: plain numbers, seconds, and the word for
// what is not known.
import type { Answer } from '../../api/types';
import { toCsv, type Cell } from '../model/csv';
import { feelingOf, type Row } from '../model/rows';

/** Texts under `csv.` of the board's own language file. */
type Say = (key: string) => string;

export function boardCsv(rows: Row[], answer: Answer | undefined, say: Say): string {
  const unknown = say('unknown');
  const known = (value: number | null | undefined): Cell => value ?? unknown;
  const head = [
    'stage', 'step', 'reached', 'rate', 'low', 'high', 'n', 'left', 'pending', 'medianSeconds', 'p90Seconds',
    'sentiment', 'sentimentN', 'costCurrency', 'costPerCustomer', 'valueCurrency', 'valuePerCustomer', 'change', 'changeUnit',
  ].map((key) => say(`csv.${key}`));
  const body = rows.map(({ stage, step, answer: figures, change }): Cell[] => {
    const rate = figures?.ofPrevious;
    const feeling = feelingOf(figures);
    const [cost, value] = [figures?.cost?.[0], figures?.value?.[0]];
    return [
      stage,
      step ?? '',
      known(figures?.reached),
      known(rate?.rate),
      known(rate?.low),
      known(rate?.high),
      known(rate?.n),
      known(figures?.left?.n),
      known(figures?.pending),
      known(figures?.time?.medianSeconds),
      known(figures?.time?.p90Seconds),
      known(feeling?.mean),
      known(feeling?.n),
      cost?.currency ?? unknown,
      known(cost?.perCustomer),
      value?.currency ?? unknown,
      known(value?.perCustomer),
      known(change?.by),
      change ? say(`csv.${change.unit}`) : unknown,
    ];
  });
  const foot: Cell[][] = answer ? [[], [say('csv.asOf'), answer.asOf], [say('csv.definition'), `${answer.definition.id} v${answer.definition.version ?? '–'} ${answer.definition.hash}`], [say('csv.through'), answer.facts.through]] : [];
  return toCsv([head, ...body, ...foot]);
}

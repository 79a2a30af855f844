// The id by which formulas name a metric. It is proposed from the English name;
// from a name in another script nobody could guess one.
import type { LocalizedText } from '../../../api/types';

const form = /^[a-z][a-z0-9_]*$/;

/** An id from an English name that nothing else has; "" where the name gives none. */
export function proposedId(name: LocalizedText | undefined, taken: readonly string[]): string {
  const english = typeof name === 'string' ? name : (name?.en ?? '');
  const id = english
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  // Of a Chinese name with a Latin word in it that word alone would be left.
  if (id === '' || /[^\p{ASCII}\p{Script=Latin}\p{P}\p{M}]/u.test(english)) return '';
  let free = id;
  for (let n = 2; taken.includes(free); n++) free = `${id}_${n}`;
  return free;
}

export type IdProblem = 'empty' | 'form' | 'taken';

/** What is wrong with the id of a new metric; what formulas reserve for themselves the server says. */
export function idProblem(id: string, taken: readonly string[]): IdProblem | null {
  if (id === '') return 'empty';
  if (!form.test(id)) return 'form';
  return taken.includes(id) ? 'taken' : null;
}

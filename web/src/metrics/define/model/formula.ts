// A formula while it is being typed: its words, the one the caret is in, and the
// place of a fault. What it means is the server's to say.
import type { Fault, LocalizedText } from '../../../api/types';

export interface Token {
  kind: 'metric' | 'number' | 'sign' | 'space' | 'other';
  text: string;
}

const pattern = /(?<metric>[a-z][a-z0-9_]*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|(?<sign>[-+*/()])|(?<space>\s+)|(?<other>[^-+*/()\s]+?(?=[-+*/()\s]|$))/gu;

/** The words of a formula, with what lies between them: joined they are the formula again. */
export function tokens(formula: string): Token[] {
  return [...formula.matchAll(pattern)].map((match) => {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ['other'];
    return { kind: kind as Token['kind'], text: match[0] };
  });
}

export interface Span {
  from: number;
  to: number;
}

/** The word that is being typed: letters, digits and _ up to the caret and behind it. */
export function wordAt(formula: string, caret: number): Span {
  const before = /[\p{L}\p{M}\p{N}_]*$/u.exec(formula.slice(0, caret))?.[0] ?? '';
  const after = /^[\p{L}\p{M}\p{N}_]*/u.exec(formula.slice(caret))?.[0] ?? '';
  return { from: caret - before.length, to: caret + after.length };
}

/** A metric that a formula may name. */
export interface Named {
  id: string;
  name: LocalizedText;
  unit: string | null;
}

/** The metrics that a word may mean, by id or by name in any language: those that begin with it first. */
export function meant(word: string, metrics: readonly Named[]): Named[] {
  const wanted = word.toLowerCase();
  if (wanted === '') return [...metrics];
  const texts = ({ id, name }: Named) => [id, ...(typeof name === 'string' ? [name] : Object.values(name))].map((text) => text.toLowerCase());
  const rank = (metric: Named) => {
    const all = texts(metric);
    if (all.some((text) => text.startsWith(wanted))) return 0;
    return all.some((text) => text.includes(wanted)) ? 1 : 2;
  };
  return metrics
    .map((metric) => ({ metric, at: rank(metric) }))
    .filter(({ at }) => at < 2)
    .toSorted((a, b) => a.at - b.at)
    .map(({ metric }) => metric);
}

/** The formula with a metric in the place of a word, and where the caret goes. */
export function completed(formula: string, { from, to }: Span, id: string): { formula: string; caret: number } {
  return { formula: formula.slice(0, from) + id + formula.slice(to), caret: from + id.length };
}

/** What a fault is about, in UTF-16 units of the formula; null where it is about all of it. */
export function placeOf(formula: string, { line = 1, column }: Fault): Span | null {
  if (column === undefined) return null;
  const lines = formula.split('\n');
  const start = lines.slice(0, Math.max(0, line - 1)).reduce((sum, one) => sum + one.length + 1, 0);
  // Columns of the server are characters; beyond the Basic Plane one is two units.
  const from = start + [...(lines[Math.max(0, line - 1)] ?? '')].slice(0, column - 1).join('').length;
  const found = /^(?:[\p{L}\p{M}\p{N}_.]+|\*\*|\S)/u.exec(formula.slice(from));
  return { from, to: from + (found?.[0].length ?? 0) };
}

// A `where` as rows that a person can edit one by one, and back.

import type { Condition, Op, Pattern, Scalar, Step, Where } from '../../api/types';

export const operators: readonly Op[] = ['eq', 'ne', 'in', 'notIn', 'contains', 'startsWith', 'gt', 'gte', 'lt', 'lte', 'exists'];

export interface Row {
  key: string;
  op: Op;
  values: Scalar[]; // one, except for in and notIn; a boolean for exists
}

export function rowsOf(where: Where | undefined): Row[] {
  return Object.entries(where ?? {}).flatMap(([key, condition]) =>
    isOperators(condition)
      ? (Object.entries(condition) as [Op, Scalar | Scalar[]][]).map(([op, value]) => ({ key, op, values: Array.isArray(value) ? value : [value] }))
      : [{ key, op: 'eq' as const, values: [condition as Scalar] }],
  );
}

/** The where of complete rows; undefined if none is. Of two rows with the same key and operator the later one holds. */
export function whereOf(rows: Row[]): Where | undefined {
  const found = new Map<string, Partial<Record<Op, Scalar | Scalar[]>>>();
  for (const row of rows) {
    if (!isComplete(row)) continue;
    const value = row.op === 'in' || row.op === 'notIn' ? row.values : (row.values[0] ?? null);
    found.set(row.key, { ...found.get(row.key), [row.op]: value });
  }
  if (found.size === 0) return undefined;
  return Object.fromEntries(
    [...found].map(([key, ops]): [string, Condition] => {
      const names = Object.keys(ops);
      return [key, names.length === 1 && names[0] === 'eq' ? (ops.eq as Scalar) : ops];
    }),
  );
}

export function isComplete(row: Row): boolean {
  if (row.key === '') return false;
  if (row.op === 'exists') return typeof row.values[0] === 'boolean';
  if (row.op === 'gt' || row.op === 'gte' || row.op === 'lt' || row.op === 'lte') {
    return row.values.length === 1 && row.values[0] !== '' && row.values[0] !== null;
  }
  return row.values.length > 0 && row.values.every((value) => value !== '');
}

/**
 * What a person typed, as a value of the property's type: "12" is a number for
 * a number's property, and text for all others ("12" and 12 are different).
 */
export function typed(input: string, type: string): Scalar {
  const wanted = type.toLowerCase();
  if (wanted.includes('bool') && (input === 'true' || input === 'false')) return input === 'true';
  const isNumber = /num|int|double|float|decimal/.test(wanted);
  if (isNumber && input.trim() !== '' && Number.isFinite(Number(input))) return Number(input);
  return input;
}

const signs: Partial<Record<Op, string>> = { eq: '=', ne: '≠', in: '∈', notIn: '∉', contains: '∋', startsWith: '^', gt: '>', gte: '≥', lt: '<', lte: '≤' };

/** Reads a where from an address; what cannot be understood, or asks for nothing, is none. */
export function readWhere(text: string | undefined): Where | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || Object.keys(parsed).length === 0) return undefined;
    return parsed as Where;
  } catch {
    return undefined;
  }
}

/** A where key as a person says it: plan instead of properties.plan. */
export function keyName(key: string): string {
  return key.replace(/^(properties|traits|account|context)\./, '');
}

/** A row in the small code type of a card: "plan = pro". */
export function rowCode(row: Row): string {
  const key = row.key.replace(/^properties\./, '');
  if (row.op === 'exists') return row.values[0] === false ? `∄ ${key}` : `∃ ${key}`;
  const value = row.values.map((each) => String(each)).join(', ');
  return `${key} ${signs[row.op] ?? row.op} ${value}`;
}

export function patternCode(pattern: Pattern): string {
  return [pattern.event ?? '*', ...rowsOf(pattern.where).map(rowCode)].join(' · ');
}

/** What a step counts, in the small code type of its card: "10 × Order Paid / 30d". */
export function stepCode(step: Step): string {
  const patterns = (step.when ?? []).map(patternCode).join(' | ');
  const times = step.times && step.times > 1 ? `${step.times} × ` : '';
  const within = times && step.within ? ` / ${step.within}` : '';
  const first = step.firstEver ? ' · first' : '';
  return `${times}${patterns}${within}${first}`;
}

function isOperators(condition: Condition): condition is Partial<Record<Op, Scalar | Scalar[]>> {
  return typeof condition === 'object' && condition !== null;
}

// A definition as text, in YAML as in files or in JSON as the API has it.
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, stringify, type Range } from 'yaml';
import type { Metric } from '../../../api/metric';
import { isRecord } from './definition';

export type TextForm = 'yaml' | 'json';

export function textOf(metric: Metric, form: TextForm): string {
  return form === 'json' ? `${JSON.stringify(metric, null, 2)}\n` : stringify(metric, { lineWidth: 0, version: '1.2' });
}

export interface TextFault {
  line: number;
  message: string;
}

/** The definition that a text says, or where it says none. YAML holds JSON too. */
export function metricOf(text: string): { metric: Metric } | { fault: TextFault | null } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const [error] = document.errors;
  if (error) return { fault: { line: lines.linePos(error.pos[0]).line, message: error.message } };
  const value: unknown = document.toJS();
  return isRecord(value) ? { metric: value as unknown as Metric } : { fault: null };
}

/** The line on which a path of the server's (rate.of.when[1].event) is written; that of the part it is missing from where it is not. */
export function lineOf(text: string, path: string): number {
  const lines = new LineCounter();
  let node: unknown = parseDocument(text, { lineCounter: lines }).contents;
  let line = 1;
  const reach = (range: Range | null | undefined) => {
    if (range) line = lines.linePos(range[0]).line;
  };
  for (const key of path.split(/[.[\]]+/).filter(Boolean)) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (isScalar(pair?.key)) reach(pair.key.range);
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (isNode(node)) reach(node.range);
    } else break;
  }
  return line;
}

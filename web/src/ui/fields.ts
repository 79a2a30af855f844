// The fields of the definition format; the ledger's texts name each under field.<name>.
import { localeOptions } from '../i18n/localeOptions';

const fields = [
  'name', 'description', 'owner', 'subject', 'window', 'order', 'entry', 'excluded', 'stages', 'exclude', 'pass', 'optional',
  'folded', 'steps', 'when', 'where', 'event', 'times', 'within', 'firstEver', 'channel', 'touchpoint', 'belief', 'feeling',
  'note', 'cost', 'perTouch', 'currency', 'thoughts', 'pains', 'opportunities', 'evidence', 'backstage', 'meaning', 'between',
  'start', 'return', 'period', 'weekStart', 'mode', 'intervals', 'cumulative', 'minOccurrences',
  'unit', 'good', 'level', 'grain', 'segment', 'count', 'customers', 'active', 'sum', 'average', 'quantile', 'rate',
  'conversion', 'time', 'retention', 'formula', 'soWhat', 'up', 'down', 'of', 'from', 'to', 'per', 'q', 'atLeast', 'journey',
  'table', 'interval', 'model', 'stars', 'constellation', 'guardrails', 'counters', 'outcomes', 'spend', 'objectives',
  'strategies', 'measures', 'targets', 'influences', 'waivers', 'layout', 'metric', 'since', 'lifeCycle', 'reason',
  'checklist', 'sign', 'lag', 'role', 'share', 'parts', 'basis', 'tier', 'limit', 'experiment', 'verdict',
];

/** A field in the reader's words, t being the ledger's; a language, and what the screen does not know, by its own name. */
export function fieldName(field: string, t: (key: string) => string): string {
  return fields.includes(field) ? t(`field.${field}`) : (localeOptions.find((one) => one.value === field)?.label ?? field);
}

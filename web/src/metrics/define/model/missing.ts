// What has still to be chosen before there is a number. It is told calmly, not as
// a fault: somebody is just about to choose it.
import type { Metric } from '../../../api/metric';
import { measureOf } from '../../model';
import { isRecord } from './definition';
import { isOfEvents, ofAmounts } from './measures';
import type { Events } from './events';

/** The paths of what is missing, as the server names them; "" is the measure itself. */
export function missing(metric: Metric): string[] {
  return [...(metric.subject === '' ? ['subject'] : []), ...missingOf(metric)];
}

function missingOf(metric: Metric): string[] {
  const measure = measureOf(metric);
  if (!measure) return [''];
  const body = metric[measure];
  if (measure === 'formula') return typeof body === 'string' && body.trim() === '' ? ['formula'] : [];
  if (!isRecord(body)) return [];
  const needed = (...fields: string[]) => fields.filter((field) => body[field] === undefined || body[field] === '').map((field) => `${measure}.${field}`);
  if (isOfEvents(measure)) {
    const isMoney = body.of === 'value' || body.of === 'cost';
    return [
      ...unchosen(body, measure),
      ...(ofAmounts.includes(measure) ? needed('of', ...(isMoney ? ['currency'] : [])) : []),
      ...(measure === 'active' ? needed('window') : []),
    ];
  }
  if (measure === 'rate') return ['from', 'of'].flatMap((side) => (isRecord(body[side]) ? unchosen(body[side], `rate.${side}`) : [`rate.${side}`]));
  if (measure === 'retention') return needed('table', 'interval');
  return needed('journey', 'to');
}

function unchosen(events: Events, path: string): string[] {
  const when: unknown[] | null = Array.isArray(events.when) ? events.when : null;
  if (!when) return events.event === '' ? [`${path}.event`] : [];
  return when.flatMap((pattern, i) => (isRecord(pattern) && pattern.event === '' ? [`${path}.when[${i}].event`] : []));
}

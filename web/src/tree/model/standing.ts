// The targets of a draft before it is measured: of one that was measured already, where
// it stands; of any other, that nobody knows yet. What the parts come to is reckoned here.
import type { TreeAnswer, TreeStanding } from '../../api/tree';
import { same } from '../../drawing/same';
import { comesTo, type Terms } from './apportion';
import { standings } from './attention';
import type { Target, TreeDefinition } from './definition';
import { targetsIn, type TargetSpot } from './target';

/** All of them in the order of the answer, those of the tree first. */
export function draftStandings(tree: TreeDefinition, answer: TreeAnswer): TreeStanding[] {
  const told = standings(answer);
  const terms = (metric: string): Terms => answer.nodes.find((node) => node.metric === metric)?.terms ?? {};
  return targetsIn(tree).map(({ spot, target }) => {
    const known = told.find((one) => isOf(one, target));
    const { reason = '', parts = [] } = target;
    const partsSum = comesTo(target, terms(target.metric)) ?? (known && same(known.parts, parts) ? known.partsSum : null);
    return { ...(known ?? unknown(target, answer.asOf.slice(0, 10))), objective: spot.objective ?? '', reason, parts, partsSum, partsLeft: partsSum === null ? null : target.value - partsSum };
  });
}

/** The standing of a target among those of an answer. */
export function standingAt(answer: TreeAnswer, { objective = '', ...spot }: TargetSpot): TreeStanding | undefined {
  return standings(answer).find((one) => one.objective === objective && one.metric === spot.metric && one.from === spot.from && one.to === spot.to);
}

/** The one that stands at a metric: it runs, and of several it ends first. */
export function runningOf(all: TreeStanding[], metric: string): TreeStanding | null {
  const [first = null] = all.filter((one) => one.metric === metric && one.state === 'running').toSorted((a, b) => a.to.localeCompare(b.to));
  return first;
}

/** Whether what was told is told of this target: nothing that it is measured by has changed. */
function isOf(told: TreeStanding, { metric, from, to, value, basis, reads }: Target): boolean {
  return told.metric === metric && told.from === from && told.to === to && told.value === value && told.basis === (basis ?? null) && (reads === undefined || told.reads === reads);
}

function unknown({ metric, from, to, value, basis, reads = 'level' }: Target, today: string): TreeStanding {
  const state = today < from ? 'upcoming' : today > to ? 'over' : 'running';
  return { metric, objective: '', from, to, value, basis: basis ?? null, reason: '', state, reads, elapsed: 0, start: null, current: null, expected: null, progress: null, onTrack: null, parts: [], partsSum: null, partsLeft: null };
}

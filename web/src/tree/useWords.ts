// What a tree says of a metric and of what joins two, in the reader's words.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeEdge, TreeNode, TreeStanding } from '../api/tree';
import type { LocalizedText } from '../api/types';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { useUnit } from '../metrics/useUnit';
import type { Part } from './model/definition';
import { nodeOf } from './model/figures';
import { useEditing } from './useEditing';

const operators: Record<string, string> = { '+': '+', '-': '−', '*': '×', '/': '÷' };

/** The operator of an arithmetic edge, as it is written. */
export function operatorOf(edge: TreeEdge): string {
  return operators[edge.operator ?? ''] ?? '';
}

/** A name in the reader's language; the id where there is none. */
export function useNameOf(): (of: { name?: LocalizedText | undefined }, id: string) => string {
  const locale = useLocale();
  return ({ name }, id) => pick(name, locale).text || id;
}

/** Whom a part of a target is asked of; of what is drawn, as it is drawn. */
export function usePartName(answer?: TreeAnswer): (part: Part) => string {
  const editing = useEditing();
  const nameOf = useNameOf();
  const told = editing?.answer ?? answer;
  return ({ metric, objective }) => {
    if (metric !== undefined) return nameOf((told && nodeOf(told, metric)) ?? editing?.metrics.find(({ id }) => id === metric) ?? {}, metric);
    const own = editing ? editing.tree.objectives : told?.objectives;
    return nameOf(own?.find(({ id }) => id === objective) ?? {}, objective ?? '');
  };
}

/** Several things in a row, as the reader's language lists them. */
export function useList(): (of: string[]) => string {
  const locale = useLocale();
  return (of) => of.join(locale === 'en' ? ', ' : '、');
}

/** −.19: a correlation, with its sign. */
export function correlation(r: number): string {
  return `${r < 0 ? '−' : '+'}${Math.abs(r).toFixed(2).replace(/^0/, '')}`;
}

/** What people believe of an influence, and what the numbers say to it. */
export function useInfluenceWords(grain: string): (of: NonNullable<TreeEdge['influence']>) => { belief: string; found: string; verdict: string } {
  const { t } = useTranslation('tree');
  const format = useFormat();
  return ({ sign, lag, strength, n, verdict, experiment }) => ({
    belief: `${sign === '+' ? '+' : '−'} ${lag === null ? t('influence.noLag') : lag === 0 ? t('influence.atOnce') : t(`influence.lag.${grain}`, { count: lag })}`,
    found: `${strength === null ? `r ${t('unknown')}` : `r ${correlation(strength)}`} · n ${format.full(n)}`,
    verdict: experiment ? t('influence.tested', { experiment }) : t(`influence.verdict.${n === 0 ? 'unmeasured' : verdict}`),
  });
}

/** Where a target stands: its value, and whether it is on its way. */
export function useTargetWords(unit: string): (of: TreeStanding) => string {
  const { t } = useTranslation('tree');
  const { show } = useUnit(unit);
  return ({ value, onTrack, state }) => t(`target.${standingOf(onTrack, state)}`, { value: show(value).text });
}

/** In which of its words a target stands. */
export function standingOf(onTrack: boolean | null, state: TreeStanding['state']): 'onTrack' | 'behind' | 'unknown' | 'upcoming' {
  if (state === 'upcoming') return 'upcoming';
  return onTrack === null ? 'unknown' : onTrack ? 'onTrack' : 'behind';
}

/** The limit of a guardrail, and whether it holds. */
export function useGuardrailWords(node: TreeNode): string | null {
  const { t } = useTranslation('tree');
  const { show } = useUnit(node.unit);
  const { guardrail } = node;
  if (!guardrail) return null;
  if (guardrail.limit === null) return t('guardrail.noLimit');
  const limit = t(node.good === 'down' ? 'guardrail.atMost' : 'guardrail.atLeast', { limit: show(guardrail.limit).text });
  return `${limit} · ${t(`guardrail.${guardrail.broken === null ? 'unknown' : guardrail.broken ? 'broken' : 'holds'}`)}`;
}

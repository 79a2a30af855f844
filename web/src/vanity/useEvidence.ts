// The evidence of a test in sentences: each with its number, what it was held
// against, and how many it was computed from; of an unknown one, what is missing.
import { useTranslation } from 'react-i18next';
import { useFormat, useLocale } from '../format/useFormat';
import { numberOf, subjectsOf, type Missing, type TestResult } from './model';

/** nameOf gives the name of a metric by its id. */
export function useEvidence(nameOf: (metric: string) => string): (result: TestResult) => string[] {
  const { t } = useTranslation('vanity');
  const format = useFormat();
  const locale = useLocale();
  const share = (value: number | undefined) => format.percent(value ?? null, value !== undefined && (value === 0 || value === 1) ? 0 : 1);
  const few = (value: number | undefined) => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value ?? 0);
  const chance = (value: number | undefined) => (value !== undefined && value < 0.001 ? '< 0.001' : `= ${new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(value ?? 1)}`);

  const missing = ({ what, of, needed, there }: Missing): string =>
    t(of ? `missing.${what}Of` : `missing.${what}`, { of: of ? nameOf(of) : '', needed: format.full(needed), there: format.full(there), defaultValue: t(`missing.${what}`, { needed: format.full(needed), there: format.full(there) }) });

  const found: Record<TestResult['test'], (result: TestResult) => string[]> = {
    ratchet: ({ numbers, method }) => {
      if (method.name === 'definition') return [t('evidence.runningTotal')];
      const steps = numberOf(numbers, 'share');
      return steps ? [t('evidence.ratchet', { share: share(steps.value), threshold: share(steps.fails?.threshold), n: format.full(steps.n) })] : [];
    },
    noDenominator: ({ numbers }) => {
      const rates = numberOf(numbers, 'rates');
      if (!rates) return [];
      return [rates.value === 0 ? t('evidence.noRate') : rates.of ? t('evidence.pairedRate', { of: nameOf(rates.of) }) : t('evidence.isRate')];
    },
    bought: ({ numbers }) => {
      const before = numberOf(numbers, 'valueRateBefore');
      const after = numberOf(numbers, 'valueRateAfter');
      const lines = subjectsOf(numbers).flatMap((of) => {
        const fit = numberOf(numbers, 'rSquared', of);
        return fit ? [t('evidence.bought', { of: nameOf(of), r: few(fit.value), threshold: few(fit.fails?.threshold), p: chance(numberOf(numbers, 'p', of)?.value), n: format.full(fit.n) })] : [];
      });
      if (before && after) lines.push(t('evidence.valueRate', { before: share(before.value), after: share(after.value), threshold: share(after.fails?.threshold) }));
      return lines;
    },
    farFromValue: ({ numbers }) => {
      const reached = numberOf(numbers, 'share');
      return reached ? [t('evidence.farFromValue', { share: share(reached.value), low: share(reached.low), high: share(reached.high), n: format.full(reached.n), threshold: share(reached.fails?.threshold) })] : [];
    },
    noForesight: ({ numbers }) =>
      subjectsOf(numbers).flatMap((of) => {
        const error = numberOf(numbers, 'errorRatio', of);
        const granger = numberOf(numbers, 'grangerP', of);
        return error && granger ? [t('evidence.noForesight', { of: nameOf(of), ratio: few(error.value), count: numberOf(numbers, 'horizon', of)?.value ?? 1, p: chance(granger.value), level: few(granger.fails?.threshold), n: format.full(granger.n) })] : [];
      }),
    noHandle: ({ numbers }) => {
      const moved = numberOf(numbers, 'moved');
      return moved ? [t('evidence.noHandle', { moved: format.full(moved.value), n: format.full(moved.n), recorded: format.full(numberOf(numbers, 'recorded')?.value ?? 0) })] : [];
    },
    divergence: ({ numbers }) =>
      subjectsOf(numbers)
        .toSorted((a, b) => (numberOf(numbers, 'p', a)?.value ?? 1) - (numberOf(numbers, 'p', b)?.value ?? 1))
        .flatMap((of) => {
          const p = numberOf(numbers, 'p', of);
          const worse = numberOf(numbers, 'worsensMeanwhile', of);
          return p && worse ? [t('evidence.divergence', { of: nameOf(of), worse: share(worse.value), n: format.full(worse.n), p: chance(p.value), level: few(p.fails?.threshold) })] : [];
        }),
    notAuditable: ({ numbers }) => {
      const lists = numberOf(numbers, 'lists');
      return lists ? [t(lists.value > 0 ? 'evidence.opens' : 'evidence.closed')] : [];
    },
    soWhat: ({ numbers }) => {
      const sentences = numberOf(numbers, 'sentences');
      const decisions = numberOf(numbers, 'decisions');
      if (!sentences) return [];
      return [t(`evidence.sentences.${Math.min(2, sentences.value)}`), ...(decisions && decisions.n > 0 ? [t('evidence.decisions', { decisions: format.full(decisions.value), alerts: format.full(decisions.n) })] : [])];
    },
  };
  return (result) => {
    const lines = found[result.test](result);
    const lacks = result.missing.map(missing);
    return result.outcome === 'unknown' ? [...lacks, ...lines] : [...lines, ...lacks];
  };
}

// The sentence that a table opens with: which cohort came back least.
import { Button } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import type { RetentionAnswer } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Sentence } from '../ui/Sentence';
import { leastReturning, smallN, type Place } from './model';
import { useNames } from './useNames';

export function Finding({ answer, onOpen }: { answer: RetentionAnswer; onOpen?: (place: Place) => void }) {
  const { t } = useTranslation('retention');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const names = useNames(answer.rule);
  const asOf = format.dateTime(answer.asOf);
  if (answer.average.every((rate) => rate.n === 0) && answer.rows.every((cohort) => !cohort.counts[0])) {
    const { keptFrom } = answer.facts;
    return <Sentence tone="calm">{keptFrom && answer.rows.every((cohort) => cohort.expired) ? shell('kept.none', { from: format.date(keptFrom) }) : t('finding.nobody', { asOf })}</Sentence>;
  }
  const least = leastReturning(answer);
  const rate = least?.cohort.rates[1];
  const average = answer.average[1];
  if (!least || !rate || !average) return <Sentence tone="calm">{t('finding.early', { asOf })}</Sentence>;
  const started = least.cohort.counts[0] ?? 0;
  const back = least.cohort.counts[1] ?? 0;
  return (
    <Sentence
      action={
        onOpen && (
          <Button type="link" size="small" onClick={() => onOpen({ row: least.row, interval: 0 })}>
            {t('finding.open')} →
          </Button>
        )
      }
    >
      <Trans
        t={t}
        i18nKey={started < smallN ? 'finding.leastOfFew' : 'finding.least'}
        values={{
          cohort: names.cohort(least.cohort),
          started: names.customers(started),
          later: names.later(1),
          back: names.customers(back),
          rate: format.percent(rate.rate),
          interval: format.interval(rate),
          average: format.percent(average.rate),
          n: format.full(average.n),
          asOf,
        }}
        components={{ b: <b /> }}
      />
    </Sentence>
  );
}

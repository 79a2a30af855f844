// Why a metric moved, whole: between which periods, the sentence, the waterfall
// with its table, the values of dimensions, the causes, and how it was computed.
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented, Select } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { Explanation } from '../api/tree';
import type { Metric, MetricPoint } from '../api/metric';
import type { Revision } from '../api/types';
import { useFormat } from '../format/useFormat';
import { useKeys } from '../metrics/useKeys';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { Card } from '../ui/Card';
import { Sentence } from '../ui/Sentence';
import { RowsSkeleton } from '../ui/States';
import { DimensionTable } from './DimensionTable';
import { Causes, Method } from './Method';
import { PartsTable } from './PartsTable';
import { Told } from './Told';
import { NotTold } from './WhySentence';
import { byFormula, cutsOf, type WhyOptions } from './model';
import { useChoice, type Choice } from './useChoice';
import { useKeyName } from './usePieceName';
import { useWhy } from './useWhy';
import styles from './Why.module.css';

const Waterfall = lazy(() => import('./Waterfall'));

interface WhyPanelProps extends Pick<WhyOptions, 'asOf' | 'grain' | 'segment'> {
  metric: string;
  /** The periods to choose from, oldest first, of the same grain. */
  periods: MetricPoint[];
}

export function WhyPanel({ metric, periods, ...rest }: WhyPanelProps) {
  const { t } = useTranslation('why');
  const [choice, choose] = useChoice();
  const options = { ...rest, ...choice, dimensions: choice.over };
  const { data, error, refetch, isPlaceholderData } = useWhy(metric, options);
  return (
    <section id="why">
      <Card title={t('title')} className={styles.panel}>
        <Choices metric={metric} periods={periods} explanation={data} choice={choice} choose={choose} />
        {error ? (
          <NotTold error={error} retry={() => void refetch()} />
        ) : data ? (
          <div data-waiting={isPlaceholderData} className={styles.answer}>
            <Explained explanation={data} choice={choice} choose={choose} {...(rest.segment && { segment: rest.segment })} />
          </div>
        ) : (
          <RowsSkeleton rows={4} />
        )}
      </Card>
    </section>
  );
}

interface ExplainedProps {
  explanation: Explanation;
  choice: Choice;
  choose: (change: Partial<Choice>) => void;
  segment?: WhyOptions['segment'];
}

function Explained({ explanation, choice, choose, segment }: ExplainedProps) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const keyName = useKeyName();
  const cuts = cutsOf(explanation);
  const cut = cuts.find((each) => each === choice.cut) ?? cuts[0];
  const known = explanation.change !== null;
  return (
    <>
      <Sentence tone={explanation.noise.verdict === 'outside-noise' ? 'finding' : 'calm'}>
        <Told explanation={explanation} {...(segment && { segment })} />
      </Sentence>
      {known && cut !== undefined && (
        <>
          {cuts.length > 1 && (
            <Segmented
              className={styles.cuts}
              aria-label={t('cut.label')}
              value={cut}
              options={cuts.map((value) => ({ value, label: value === byFormula ? t('cut.formula') : keyName(value) }))}
              onChange={(next) => choose({ cut: next })}
            />
          )}
          <Suspense fallback={<div className={styles.chart} style={{ height: 300 }} />}>
            <Waterfall explanation={explanation} cut={cut} />
          </Suspense>
          <Both explanation={explanation} />
        </>
      )}
      {explanation.parts.length > 0 && <PartsTable explanation={explanation} />}
      <Causes explanation={explanation} />
      {known && explanation.dimensions.map((dimension) => <DimensionTable key={dimension.dimension} explanation={explanation} dimension={dimension} />)}
      <Method explanation={explanation} />
      <p className={styles.small}>{t('rule', { asOf: format.dateTime(explanation.asOf), timezone: explanation.timezone, events: format.full(explanation.facts.events), customers: format.full(explanation.facts.customers) })}</p>
    </>
  );
}

/** Both numbers with their n, and that nothing is left over. */
function Both({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const unit = useUnit(explanation.unit);
  const period = usePeriod(explanation.grain);
  const { before, after } = explanation;
  return (
    <p className={styles.small}>
      {[before, after].map((point) => t('number', { period: period(point.from), value: unit.show(point.value).text, n: format.full(point.n) })).join(' → ')} {t('residual')}
    </p>
  );
}

interface ChoicesProps {
  metric: string;
  periods: MetricPoint[];
  explanation: Explanation | undefined;
  choice: Choice;
  choose: (change: Partial<Choice>) => void;
}

function Choices({ metric, periods, explanation, choice, choose }: ChoicesProps) {
  const { t } = useTranslation('why');
  const period = usePeriod(explanation?.grain ?? '');
  const { data: revision } = useQuery({
    queryKey: ['definitions', 'Metric', metric],
    queryFn: ({ signal }) => api.get<Revision<Metric>>(`/definitions${pathOf('Metric', metric)}`, undefined, signal),
  });
  const keys = useKeys(revision?.body ?? { kind: 'Metric', id: metric });
  const before = choice.before ?? explanation?.before.from;
  const after = choice.after ?? explanation?.after.from;
  const known = new Map([...(explanation ? [explanation.before, explanation.after] : []), ...periods].map((point) => [point.from, point]));
  const options = [...known.values()]
    .toSorted((a, b) => b.from.localeCompare(a.from))
    .map(({ from, value, partial }) => ({ value: from, label: `${period(from)}${partial ? t('choose.partial') : value === null ? t('choose.unknown') : ''}` }));
  const pick = (change: { before?: string; after?: string }) => choose({ before, after, ...change });
  return (
    <div className={styles.choices}>
      <label>
        {t('choose.before')}
        <Select value={before} options={options.filter(({ value }) => value !== after)} onChange={(next) => pick({ before: next })} disabled={!explanation} />
      </label>
      <label>
        {t('choose.after')}
        <Select value={after} options={options.filter(({ value }) => value !== before)} onChange={(next) => pick({ after: next })} disabled={!explanation} />
      </label>
      <label className={styles.over}>
        {t('choose.over')}
        <Select
          mode="multiple"
          allowClear
          maxCount={10}
          maxTagCount="responsive"
          showSearch={{ optionFilterProp: 'label' }}
          value={choice.over}
          placeholder={t('choose.channel')}
          options={keys}
          onChange={(next) => choose({ over: next })}
        />
      </label>
      {choice.before && (
        <Button type="link" size="small" onClick={() => choose({ before: undefined, after: undefined })}>
          {t('choose.latest')}
        </Button>
      )}
    </div>
  );
}

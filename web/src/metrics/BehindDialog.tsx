// The customers behind a period, by the walk that measured it. Each leads to their
// timeline.
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BehindMetric, MetricAnswer, MetricCustomersRequest, MetricRequest } from '../api/metric';
import { PeopleDialog } from '../board/drawer/PeopleDialog';
import { timelineLink } from '../customers/timelineLink';
import { useFormat } from '../format/useFormat';
import { useReturnFocus } from '../ui/useReturnFocus';
import { usePeriod } from './usePeriod';
import { useUnit } from './useUnit';
import styles from './Metrics.module.css';

const sorts: NonNullable<MetricCustomersRequest['sort']>[] = ['newest', 'oldest', 'most'];

interface BehindDialogProps {
  question: MetricRequest;
  answer: MetricAnswer;
  at: number;
  onClose: () => void;
}

export function BehindDialog({ question, answer, at, onClose }: BehindDialogProps) {
  const { t } = useTranslation('metrics');
  useReturnFocus();
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const [only, choose] = useState<'all' | 'did' | 'didNot'>('all');
  const point = answer.periods[at];
  const isShare = point?.numerator !== undefined;
  const hasAmount = !isShare && answer.unit !== '' && !/^(customer|account|event)$/.test(answer.unit);
  const { subject } = answer;
  return (
    <PeopleDialog<BehindMetric, (typeof sorts)[number]>
      title={t('people.title', { period: period(point?.from ?? '') })}
      path="/measure/metric-customers"
      question={{ ...question, breakdown: undefined, period: at, ...(only !== 'all' && { only }) }}
      sorts={sorts}
      firstSort="newest"
      sortName={(sort) => t(`people.sorts.${sort}`)}
      totalOf={(total) => t(`people.total.${subject === 'person' || subject === 'account' ? subject : 'key'}`, { count: total, shown: format.full(total) })}
      nameOf={timelineLink(subject)}
      before={
        isShare && (
          <Segmented
            className={styles.only}
            aria-label={t('people.only')}
            value={only}
            options={(['all', 'did', 'didNot'] as const).map((value) => ({ value, label: t(`people.${value}`) }))}
            onChange={choose}
          />
        )
      }
      columns={[
        { title: t('people.at'), cell: (customer) => format.dateTime(customer.at) },
        ...(isShare ? [{ title: t('people.did'), cell: (customer: BehindMetric) => (customer.did ? '✓' : '—') }] : [{ title: t('people.events'), cell: (customer: BehindMetric) => format.full(customer.events) }]),
        ...(hasAmount ? [{ title: t('people.amount'), cell: (customer: BehindMetric) => (customer.amount === null ? '' : unit.plain(customer.amount)) }] : []),
      ]}
      onClose={onClose}
    />
  );
}

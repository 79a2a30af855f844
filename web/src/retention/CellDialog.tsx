// The customers behind a count, by the walk that counted them: the total is the
// count. Each leads to their timeline.
import { useTranslation } from 'react-i18next';
import type { CellPage, CellRequest, RetentionAnswer, RetentionRequest } from '../api/types';
import { PeopleDialog } from '../board/drawer/PeopleDialog';
import { timelineLink } from '../customers/timelineLink';
import { useFormat } from '../format/useFormat';
import { useReturnFocus } from '../ui/useReturnFocus';
import type { Place } from './model';
import { useNames } from './useNames';
import own from './Retention.module.css';

type Customer = CellPage['items'][number];

const sorts: NonNullable<CellRequest['sort']>[] = ['newest', 'oldest', 'most'];

interface CellDialogProps {
  question: RetentionRequest;
  answer: RetentionAnswer;
  place: Place;
  onClose: () => void;
}

export function CellDialog({ question, answer, place, onClose }: CellDialogProps) {
  const { t } = useTranslation('retention');
  useReturnFocus();
  const format = useFormat();
  const names = useNames(answer.rule);
  const cohort = answer.rows[place.row];
  const cohortName = cohort ? names.cohort(cohort) : '';
  const title =
    place.interval === 0
      ? t('people.started', { cohort: cohortName })
      : t(answer.rule.cumulative ? 'people.backFrom' : 'people.back', { cohort: cohortName, later: names.later(place.interval) });
  const came = place.interval > 0;
  return (
    <PeopleDialog<Customer, (typeof sorts)[number]>
      title={title}
      path="/measure/retention-customers"
      question={{ ...question, ...place }}
      sorts={sorts.filter((value) => value !== 'most' || came)}
      firstSort="newest"
      sortName={(sort) => t(`people.sorts.${sort}`)}
      totalOf={names.customers}
      nameOf={timelineLink(answer.rule.subject)}
      tableClass={came ? undefined : own.cohort}
      columns={[
        { title: t('people.startedAt'), cell: (customer) => format.dateTime(customer.startedAt) },
        ...(came
          ? [
              { title: t('people.returnedAt'), cell: (customer: Customer) => format.dateTime(customer.returnedAt) },
              { title: t('people.returns'), cell: (customer: Customer) => (customer.returns === null ? '' : format.full(customer.returns)) },
            ]
          : []),
      ]}
      onClose={onClose}
    />
  );
}

// The customers behind a number of the board.
import { useTranslation } from 'react-i18next';
import type { BehindNumber, CustomersRequest } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { findStage, findStep } from '../model/operation';
import { useBoard } from '../useBoard';
import { PeopleDialog } from './PeopleDialog';
import { peopleQuestion, type State } from './people';

const sorts: NonNullable<CustomersRequest['sort']>[] = ['newest', 'oldest', 'longest', 'shortest', 'value'];

interface CustomersDialogProps {
  stage: string;
  step?: string;
  state: State;
  onClose: () => void;
}

export function CustomersDialog({ stage, step, state, onClose }: CustomersDialogProps) {
  const { t } = useTranslation('board');
  const { question, journey, nameOf } = useBoard();
  const format = useFormat();
  const part = (step !== undefined && findStep(journey, { stage, step })) || findStage(journey, stage);
  return (
    <PeopleDialog<BehindNumber, (typeof sorts)[number]>
      title={t(`people.${state}`, { name: part ? nameOf(part) : stage })}
      path="/measure/customers"
      question={question && peopleQuestion(question, stage, step, state)}
      sorts={sorts}
      firstSort={state === 'pending' || state === 'left' ? 'longest' : 'newest'}
      columns={[
        { title: t('people.entry'), cell: (person) => format.dateTime(person.entryAt), spare: true },
        { title: t(state === 'reached' ? 'people.at' : 'people.atBefore'), cell: (person) => format.dateTime(person.at) },
        { title: t(`people.seconds.${state}`), cell: (person) => format.duration(person.seconds) },
        { title: t('people.value'), cell: (person) => format.moneyList(person.value, 'total') },
      ]}
      onClose={onClose}
    />
  );
}

// The customers behind a node or a link of paths.
import { useTranslation } from 'react-i18next';
import type { PathsRequest, Walker, WalkersRequest } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { PeopleDialog } from '../drawer/PeopleDialog';
import type { Chosen } from './graph';

const sorts: NonNullable<WalkersRequest['sort']>[] = ['newest', 'oldest', 'longest', 'shortest', 'most'];

interface WalkersDialogProps {
  question: PathsRequest;
  chosen: Chosen;
  title: string;
  onClose: () => void;
}

export function WalkersDialog({ question, chosen, title, onClose }: WalkersDialogProps) {
  const { t } = useTranslation('paths');
  const format = useFormat();
  const isLink = 'link' in chosen;
  const several = question.kind === 'transitions' || question.occurrence === 'every';
  const asked: WalkersRequest = { ...question, ...chosen };
  return (
    <PeopleDialog<Walker, (typeof sorts)[number]>
      title={title}
      path="/paths/customers"
      question={asked}
      sorts={several ? sorts : sorts.filter((sort) => sort !== 'most')}
      firstSort="newest"
      columns={[
        { title: t('people.at'), cell: (person) => format.dateTime(person.at) },
        ...(several ? [{ title: t('people.times'), cell: (person: Walker) => format.full(person.paths) }] : []),
        { title: t(isLink ? 'people.took' : 'people.away'), cell: (person) => (person.seconds === null ? '—' : format.duration(person.seconds)) },
      ]}
      onClose={onClose}
    />
  );
}

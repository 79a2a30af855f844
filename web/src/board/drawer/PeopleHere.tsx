import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { CustomersPage } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { useProblem } from '../../ui/States';
import type { Spot } from '../model/operation';
import { useBoard } from '../useBoard';
import { useSettled } from '../useMeasure';
import { CustomerLink } from './CustomerLink';
import { Section } from './Drawer';
import { countedOf } from '../model/counted';
import { peopleQuestion } from './people';
import styles from './Drawer.module.css';

const shown = 4;

/** Who reached the stage before and is still on the way here, the longest waiting first. */
export function PeopleHere({ spot, pending, first }: { spot: Spot; pending: number | null; first: boolean }) {
  const { t } = useTranslation('board');
  const { question: newest, open, journey } = useBoard();
  const question = useSettled(newest); // while something is dragged, the places it passes are not asked for their people
  const counted = countedOf(journey);
  const format = useFormat();
  const asked = question && { ...peopleQuestion(question, spot.stage, spot.step, 'pending'), sort: 'longest', limit: shown };
  const { data, error } = useQuery({
    queryKey: ['measure', 'customers', asked],
    queryFn: ({ signal }) => api.post<CustomersPage>('/measure/customers', asked, { signal }),
    enabled: asked !== null && !first && (pending ?? 0) > 0,
    placeholderData: keepPreviousData,
  });
  const told = useProblem(error);
  if (first || pending === null) return null;
  return (
    <Section title={t('drawer.pending', { context: counted, shown: format.full(pending) })}>
      {pending === 0 && <p className={styles.faint}>{t('drawer.nobodyPending', { context: counted })}</p>}
      {error && <p className={styles.faint}>{told.title}</p>}
      {pending > 0 &&
        data?.items.map((person) => (
          <p key={person.id} className={styles.person}>
            <CustomerLink id={person.id} name={person.name} />
            <b>{t('drawer.waiting', { time: format.duration(person.seconds) })}</b>
          </p>
        ))}
      {pending > shown && (
        <button type="button" className={styles.link} onClick={() => open({ kind: 'customers', ...spot, state: 'pending' })}>
          {t('drawer.all', { count: pending, shown: format.full(pending) })}
        </button>
      )}
    </Section>
  );
}

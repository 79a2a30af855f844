// Which of the customer's events a journey counted, when the page was opened
// from one of its numbers.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Trace } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { Localized } from '../ui/Localized';
import { ErrorState } from '../ui/States';
import { journeyQuery } from './queries';
import { useStepNames } from './useStepNames';
import styles from './Customers.module.css';

interface CountedProps {
  journey: string;
  trace: UseQueryResult<Trace>;
  onSeek: (event: { seq: number; at: string }) => void;
}

export function Counted({ journey, trace, onSeek }: CountedProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { data: definition } = useQuery(journeyQuery(journey));
  const names = useStepNames(journey);
  return (
    <Card
      className={styles.counted}
      title={t('counted.title')}
      extra={
        <Link to="/journeys/$id" params={{ id: journey }} search={{}}>
          <Localized text={definition?.body.name} fallback={journey} />
        </Link>
      }
    >
      {trace.error ? (
        <ErrorState error={trace.error} retry={() => void trace.refetch()} />
      ) : !trace.data ? (
        <p className={styles.small}>…</p>
      ) : trace.data.events.length === 0 ? (
        <p className={styles.small}>{trace.data.excluded ? t('counted.excluded') : t('counted.none')}</p>
      ) : (
        <>
          {trace.data.excluded && <p className={styles.small}>{t('counted.excluded')}</p>}
          <ol className={styles.chain}>
            {trace.data.events.map((event) => (
              <li key={event.seq}>
                <button type="button" onClick={() => onSeek(event)}>
                  <b>{names(event.stage, event.step)}</b>
                  <span className={styles.small}>
                    <code>{event.event}</code> · {format.dateTime(event.at)}
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}

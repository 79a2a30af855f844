import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { JourneySummary } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Badges } from '../ui/Badges';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { StatusBadge } from '../ui/StatusBadge';
import styles from './JourneysPage.module.css';

export function JourneyRow({ journey }: { journey: JourneySummary }) {
  const { t } = useTranslation('journeys');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const { headline } = journey;
  const unknown = headline === null;
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <h2>
          <Link to="/journeys/$id" params={{ id: journey.id }} search={{}} className={styles.open}>
            <Localized text={journey.name} fallback={journey.id} />
          </Link>{' '}
          <StatusBadge status={journey.status} />
        </h2>
        <p className={styles.small}>
          {t(subjectKey(journey.subject), { key: journey.subject })} · {t('stages', { count: journey.stages })} ·{' '}
          {t('steps', { count: journey.steps })}
          {journey.unboundSteps > 0 && <b className={styles.unbound}> · {t('unbound', { count: journey.unboundSteps })}</b>}
        </p>
        <p className={styles.small}>
          {shell('version', { version: journey.version })} · {journey.author} · {format.date(journey.at)}
        </p>
        <Badges badges={journey.badges} />
      </div>
      <dl className={unknown ? `${styles.numbers} ${styles.hatched}` : styles.numbers}>
        <div>
          <dt>{t('entered')}</dt>
          <dd>
            <StatNumber value={headline?.entered ?? null} />
          </dd>
        </div>
        <div>
          <dt>{t('completed')}</dt>
          <dd>
            <StatNumber value={headline?.completed ?? null} />
          </dd>
        </div>
        <div>
          <dt>{t('rate')}</dt>
          <dd>
            <StatNumber value={headline?.rate?.rate ?? null} show={(rate) => format.percent(rate)} />
          </dd>
          {headline?.rate?.rate !== null && headline?.rate && (
            <dd className={styles.small}>
              {format.interval(headline.rate)} · n = {format.full(headline.rate.n)}
            </dd>
          )}
        </div>
      </dl>
      <p className={styles.asOf}>{headline ? t('asOf', { at: format.dateTime(headline.asOf) }) : t('unmeasured')}</p>
    </li>
  );
}

function subjectKey(subject: string): string {
  return subject === 'person' || subject === 'account' ? `subject.${subject}` : 'subject.key';
}

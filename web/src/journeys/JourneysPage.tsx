import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { JourneySummary } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { JourneyRow } from './JourneyRow';
import { Tables } from '../retention/Tables';
import { NewJourney } from './NewJourney';
import styles from './JourneysPage.module.css';

export default function JourneysPage() {
  const { t } = useTranslation('journeys');
  const mayEdit = useMay('editor');
  const [drawing, setDrawing] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['journeys'],
    queryFn: ({ signal }) => api.get<{ items: JourneySummary[] }>('/journeys', undefined, signal),
  });

  const draw = mayEdit && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setDrawing(true)}>
      {t('new.open')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} meta={t('lead')} actions={data && data.items.length > 0 ? draw : undefined} />
      <PageBody>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !data ? (
          <RowsSkeleton rows={3} />
        ) : data.items.length === 0 ? (
          <EmptyState title={t('empty.title')} action={draw}>
            {t('empty.hint')}
          </EmptyState>
        ) : (
          <>
            <Finding journeys={data.items} />
            <ul className={styles.list}>
              {data.items.map((journey) => (
                <JourneyRow key={journey.id} journey={journey} />
              ))}
            </ul>
          </>
        )}
        {!error && data && <Tables first={data.items.length === 0} />}
      </PageBody>
      {drawing && <NewJourney taken={data?.items.map((journey) => journey.id) ?? []} onClose={() => setDrawing(false)} />}
    </>
  );
}

/** The journey that the fewest complete, or else what has to be bound before anything can be said. */
function Finding({ journeys }: { journeys: JourneySummary[] }) {
  const { t } = useTranslation('journeys');
  const format = useFormat();
  const locale = useLocale();
  const worst = leastCompleted(journeys);
  if (!worst?.headline?.rate) {
    const unbound = journeys.reduce((sum, journey) => sum + journey.unboundSteps, 0);
    return <Sentence>{t('finding.unbound', { count: unbound })}</Sentence>;
  }
  const { headline } = worst;
  const name = pick(worst.name, locale);
  return (
    <Sentence
      action={
        <Link to="/journeys/$id" params={{ id: worst.id }} search={{}}>
          {t('finding.open')} →
        </Link>
      }
    >
      <Trans
        t={t}
        i18nKey="finding.least"
        count={headline.entered}
        values={{
          name: name.text || worst.id,
          entered: format.count(headline.entered).text,
          completed: format.count(headline.completed).text,
          rate: format.percent(headline.rate?.rate),
          interval: format.interval(headline.rate),
          asOf: format.dateTime(headline.asOf),
        }}
        components={{ name: <b lang={name.lang ?? undefined} />, b: <b /> }}
      />
    </Sentence>
  );
}

export function leastCompleted(journeys: JourneySummary[]): JourneySummary | undefined {
  return journeys
    .filter((journey) => journey.headline !== null && journey.headline.entered > 0 && typeof journey.headline.rate?.rate === 'number')
    .toSorted((a, b) => (a.headline?.rate?.rate ?? 1) - (b.headline?.rate?.rate ?? 1))[0];
}

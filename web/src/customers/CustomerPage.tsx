// A person's or an account's page: what is known and who said so on the left,
// everything that happened on the right.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { Customer, Forgotten } from '../api/types';
import type { Search } from '../app/router';
import { useMay } from '../app/permission';
import { useFormat } from '../format/useFormat';
import { BackLink } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { Counted } from './Counted';
import { ForgetModal } from './ForgetModal';
import { ForgottenPage } from './ForgottenPage';
import { Ids } from './Ids';
import { MergeModal } from './MergeModal';
import { customerQuery, traceQuery, type Who } from './queries';
import { ofSearch, traceOf } from './question';
import { Relations } from './Relations';
import { Timeline, type Seek } from './Timeline';
import { Traits } from './Traits';
import styles from './Customers.module.css';

export default function CustomerPage() {
  const { id } = useParams({ from: '/inside/customers/$id' });
  const search = useSearch({ from: '/inside/customers/$id' });
  return <PageOf key={`${ofSearch(search)} ${id}`} id={id} search={search} />; // nothing of one customer's page stays on another's
}

interface PageOfProps {
  id: string;
  search: Search;
}

/** A customer's page, until they are forgotten on it: from then on nothing asks for them again. */
function PageOf(props: PageOfProps) {
  const [forgotten, setForgotten] = useState<Forgotten | null>(null);
  return forgotten ? <ForgottenPage gone={forgotten} /> : <Known {...props} onForgotten={setForgotten} />;
}

function Known({ id, search, onForgotten }: PageOfProps & { onForgotten: (gone: Forgotten) => void }) {
  const { t } = useTranslation('customers');
  const navigate = useNavigate({ from: '/customers/$id' });
  const mayEdit = useMay('editor');
  const mayForget = useMay('admin');
  const [merging, setMerging] = useState(false);
  const [forgetting, setForgetting] = useState<Customer | null>(null); // as decided on, whatever news says meanwhile
  const [seek, setSeek] = useState<Seek | null>(null);

  const who: Who = { id, of: ofSearch(search), anonymous: search.anonymous === 'true' };
  const { data: customer, error, refetch } = useQuery(customerQuery(who));
  const trace = useQuery(traceQuery(traceOf(search, id)));
  const title = customer?.name ?? id;

  return (
    <>
      <PageHeader
        before={
          <BackLink to="/customers" search={{ of: who.of === 'account' ? 'account' : undefined }} label={t('back')} />
        }
        title={title}
        meta={customer && (customer.anonymous ? t('anonymous') : t(`of.${who.of}`))}
        actions={
          mayEdit && customer && who.of === 'person' ? (
            <>
              {mayForget && (
                <Button type="text" danger onClick={() => setForgetting(customer)}>
                  {t('forget.open')}
                </Button>
              )}
              <Button onClick={() => setMerging(true)}>{t('merge.open')}</Button>
            </>
          ) : undefined
        }
      />
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !customer ? (
        <PageBody>
          <RowsSkeleton />
        </PageBody>
      ) : (
        <div className={styles.page}>
          <Activity customer={customer} />
          <div className={styles.columns}>
            <div className={styles.side}>
              {search.journey && <Counted journey={search.journey} trace={trace} onSeek={(event) => setSeek({ ...event, nonce: Date.now() })} />}
              <Traits traits={customer.traits} />
              {who.of === 'person' && <Ids ids={customer.ids} self={id} mayEdit={mayEdit} />}
              <Relations customer={customer} />
            </div>
            <Timeline
              key={`${who.of} ${id}`}
              who={who}
              total={customer.activity.events}
              event={search.event}
              onEvent={(event) => void navigate({ search: { ...search, event }, replace: true })}
              counted={trace.data?.events ?? []}
              journey={search.journey}
              seek={seek}
            />
          </div>
        </div>
      )}
      {merging && customer && <MergeModal from={customer} onClose={() => setMerging(false)} />}
      {forgetting && <ForgetModal customer={forgetting} who={who} onForgotten={onForgotten} onClose={() => setForgetting(null)} />}
    </>
  );
}

/** What this customer has done, in a sentence. */
function Activity({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { events, first, last } = customer.activity;
  if (events === 0) return <Sentence tone="calm">{t('activity.none')}</Sentence>;
  return (
    <Sentence tone="calm">
      <Trans
        t={t}
        i18nKey={`activity.${customer.of}`}
        count={events}
        values={{
          name: customer.name ?? customer.id,
          events: format.full(events),
          first: format.date(first),
          last: format.dateTime(last),
          span: format.duration((Date.parse(last) - Date.parse(first)) / 1000),
          people: format.full(customer.peopleTotal),
        }}
        components={{ b: <b /> }}
      />
    </Sentence>
  );
}

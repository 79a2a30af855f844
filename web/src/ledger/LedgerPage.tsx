import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Input, Segmented } from 'antd';
import { Trans, useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { currentQuery, type Body } from './queries';
import styles from './Ledger.module.css';

type Shown = 'all' | 'proposed' | 'approved' | 'deleted';
const shownStates: Shown[] = ['all', 'proposed', 'approved', 'deleted'];

export default function LedgerPage() {
  const { t } = useTranslation('ledger');
  const search = useSearch({ from: '/inside/ledger' });
  const navigate = useNavigate({ from: '/ledger' });
  const locale = useLocale();
  const state = shownStates.find((one) => one === search.status) ?? 'all';
  const living = useQuery(currentQuery(false));
  const gone = useQuery({ ...currentQuery(true), enabled: state === 'deleted' });
  const asked = state === 'deleted' ? gone : living;
  const failed = [living, asked].find((result) => result.error);
  const all = living.data?.items ?? [];
  const words = (search.q ?? '').toLocaleLowerCase();
  const shown = (asked.data?.items ?? []).filter(
    (revision) =>
      (state === 'all' || state === 'deleted' || revision.status === state) &&
      `${pick(revision.body?.name, locale).text} ${revision.id} ${revision.author} ${revision.reason}`.toLocaleLowerCase().includes(words),
  );

  return (
    <>
      <PageHeader title={t('title')} meta={t('lead')} />
      <PageBody>
        {failed ? (
          <ErrorState error={failed.error} retry={() => void failed.refetch()} />
        ) : living.isPending ? (
          <RowsSkeleton />
        ) : all.length === 0 && state !== 'deleted' ? (
          <EmptyState title={t('empty.title')} action={<LinkButton to="/journeys">{t('empty.action')}</LinkButton>}>
            {t('empty.hint')}
          </EmptyState>
        ) : (
          <>
            <Waiting revisions={all} />
            <div className={styles.filters}>
              <Input.Search
                className={styles.search}
                allowClear
                placeholder={t('search')}
                aria-label={t('search')}
                defaultValue={search.q}
                onChange={(event) => void navigate({ search: { ...search, q: event.target.value || undefined }, replace: true })}
              />
              <Segmented<Shown>
                aria-label={t('state.label')}
                value={state}
                options={shownStates.map((one) => ({ value: one, label: t(`state.${one}`) }))}
                onChange={(value) => void navigate({ search: { ...search, status: value === 'all' ? undefined : value }, replace: true })}
              />
            </div>
            {asked.isPending ? (
              <RowsSkeleton rows={2} />
            ) : shown.length === 0 ? (
              <EmptyState title={t(state === 'deleted' && words === '' ? 'noneDeleted' : 'none')} />
            ) : (
              <ul className={styles.list}>
                {shown.map((revision) => (
                  <DefinitionRow key={`${revision.kind}/${revision.id}`} revision={revision} />
                ))}
              </ul>
            )}
          </>
        )}
      </PageBody>
    </>
  );
}

/** What waits for approval, oldest first; or that nothing does. Dashboards define no number that people agree on. */
function Waiting({ revisions }: { revisions: Revision<Body>[] }) {
  const { t } = useTranslation('ledger');
  const locale = useLocale();
  const format = useFormat();
  const waiting = revisions.filter((revision) => revision.status === 'proposed' && revision.kind !== 'Dashboard').toSorted((a, b) => a.at.localeCompare(b.at));
  const first = waiting[0];
  if (!first) return <Sentence tone="calm">{t('finding.settled', { count: revisions.length })}</Sentence>;
  const name = pick(first.body?.name, locale);
  return (
    <Sentence
      action={
        <Link to="/ledger/$kind/$id" params={{ kind: first.kind, id: first.id }} search={{}}>
          {t('finding.open')} →
        </Link>
      }
    >
      <Trans
        t={t}
        i18nKey="finding.waiting"
        count={waiting.length}
        values={{ name: name.text || first.id, author: first.author, at: format.date(first.at) }}
        components={{ name: <b lang={name.lang ?? undefined} />, b: <b /> }}
      />
    </Sentence>
  );
}

function DefinitionRow({ revision }: { revision: Revision<Body> }) {
  const { t } = useTranslation('ledger');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  return (
    <li className={styles.row}>
      <div>
        <h2>
          <Link to="/ledger/$kind/$id" params={{ kind: revision.kind, id: revision.id }} search={{}} className={styles.open}>
            <Localized text={revision.body?.name} fallback={revision.id} />
          </Link>
          <StatusBadge status={revision.status} deleted={revision.deleted} />
        </h2>
        <p className={styles.small}>
          {t(`kind.${revision.kind}`, { defaultValue: revision.kind })} · <code>{revision.id}</code>
        </p>
      </div>
      <div>
        <p>{revision.reason}</p>
        <p className={styles.small}>
          {shell('version', { version: revision.version })} · {revision.author} · {format.dateTime(revision.at)}
        </p>
      </div>
    </li>
  );
}

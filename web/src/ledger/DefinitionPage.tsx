// One definition: its revisions with their reasons, what changed between any
// two, and what an editor may do: approve, restore, delete.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { BackLink, LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { Sentence } from '../ui/Sentence';
import { ErrorState, RowsSkeleton } from '../ui/States';
import { StatusBadge } from '../ui/StatusBadge';
import { Comparison } from './Comparison';
import { Decision, type Deciding } from './Decision';
import { History } from './History';
import { historyQuery, type Body } from './queries';
import styles from './Ledger.module.css';

export default function DefinitionPage() {
  const { t } = useTranslation('ledger');
  const { t: shell } = useTranslation('shell');
  const { kind, id } = useParams({ from: '/inside/ledger/$kind/$id' });
  const search = useSearch({ from: '/inside/ledger/$kind/$id' });
  const navigate = useNavigate({ from: '/ledger/$kind/$id' });
  const locale = useLocale();
  const mayEdit = useMay('editor');
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const { data, error, refetch } = useQuery(historyQuery(kind, id));

  const revisions = data?.items ?? [];
  const current = revisions.find((revision) => revision.current) ?? revisions[0];
  const name = pick(current?.body?.name, locale).text || id;
  const to = numberOr(search.to, current?.version ?? 1);
  const from = numberOr(search.from, previousOf(revisions, to));
  const compare = (pair: { from: number; to: number }) =>
    void navigate({ search: { ...search, from: String(pair.from), to: String(pair.to) }, replace: true });

  return (
    <>
      <PageHeader
        before={
          <BackLink to="/ledger" search={{}} label={t('back')} />
        }
        title={<Localized text={current?.body?.name} fallback={id} />}
        documentTitle={name}
        badge={current && <StatusBadge status={current.status} deleted={current.deleted} />}
        meta={current && `${shell('version', { version: current.version })} · ${t(`kind.${kind}`, { defaultValue: kind })}`}
        actions={
          current && (
            <>
              {kind === 'Journey' && !current.deleted && (
                <LinkButton to="/journeys/$id" params={{ id }} search={{}}>
                  {t('openBoard')}
                </LinkButton>
              )}
              {kind === 'Retention' && !current.deleted && (
                <LinkButton to="/journeys/retention/$id" params={{ id }} search={{}}>
                  {t('openTable')}
                </LinkButton>
              )}
              {kind === 'Metric' && !current.deleted && (
                <LinkButton to="/metric/$id" params={{ id }} search={{}}>
                  {t('openMetric')}
                </LinkButton>
              )}
              {kind === 'Dashboard' && !current.deleted && (
                <LinkButton to="/dashboards/$id" params={{ id }} search={{}}>
                  {t('openDashboard')}
                </LinkButton>
              )}
              {mayEdit && !current.deleted && (
                <Button danger type="text" onClick={() => setDeciding({ what: 'delete', revision: current })}>
                  {t('delete.open')}
                </Button>
              )}
              {mayEdit && !current.deleted && current.status === 'approved' && (
                <Button onClick={() => setDeciding({ what: 'approveAgain', revision: current })}>{t('approveAgain.open')}</Button>
              )}
              {mayEdit && !current.deleted && current.status === 'proposed' && (
                <Button type="primary" onClick={() => setDeciding({ what: 'approve', revision: current })}>
                  {t('approve.open')}
                </Button>
              )}
            </>
          )
        }
      />
      <PageBody>
        {error ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : !current ? (
          <RowsSkeleton />
        ) : (
          <>
            <LastChange revision={current} count={revisions.length} />
            <div className={styles.columns}>
              <Card title={t('history.title')} extra={t('history.count', { count: revisions.length })}>
                <History
                  revisions={revisions}
                  shown={to}
                  onShow={(version) => compare({ from: previousOf(revisions, version), to: version })}
                  onRestore={mayEdit ? (revision) => setDeciding({ what: 'restore', revision, over: current.version }) : undefined}
                />
              </Card>
              <Comparison kind={kind} id={id} revisions={revisions} from={from} to={to} onChange={compare} />
            </div>
          </>
        )}
      </PageBody>
      {deciding && <Decision deciding={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

function LastChange({ revision, count }: { revision: Revision<Body>; count: number }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const key = revision.deleted ? 'finding.deleted' : revision.status === 'approved' ? 'finding.approved' : 'finding.proposed';
  return (
    <Sentence tone={revision.status === 'proposed' || revision.deleted ? 'finding' : 'calm'}>
      {t(key, {
        count,
        version: revision.version,
        author: revision.author,
        at: format.dateTime(revision.at),
        reason: revision.reason,
        approver: revision.approvedBy ?? '',
        approvedAt: format.date(revision.approvedAt),
      })}
    </Sentence>
  );
}

export function previousOf(revisions: Revision[], version: number): number {
  return Math.max(0, ...revisions.map((revision) => revision.version).filter((one) => one < version));
}

function numberOr(text: string | undefined, otherwise: number): number {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number > 0 ? number : otherwise;
}

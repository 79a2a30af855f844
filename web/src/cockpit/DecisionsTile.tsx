// What waits for a decision: revisions to approve, metrics whose agreement something
// went behind, vain metrics that nobody signed for, and events in quarantine.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { QuarantinePage } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { drifted, vainUnsigned } from '../tree/model/attention';
import { Localized } from '../ui/Localized';
import { Skeleton, Tile } from './Tile';
import { TreeLink } from './TreeLink';
import type { Definitions, OneTree } from './useCockpit';
import styles from './Cockpit.module.css';

interface Row {
  key: string;
  what: ReactNode;
  why: ReactNode;
}

/** Rows that are shown: one of each sort, then more of the first; the rest are counted, with the way to them. */
const most = 4;

export function DecisionsTile({ id, tree, definitions }: { id: string; tree: OneTree; definitions: Definitions }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const mayDecide = useMay('editor');
  const approvals = useApprovals(definitions);
  const stray = useQuarantine(mayDecide);
  const drifts = useDrifts(id, tree, definitions);
  const vain = useVain(id, tree);
  const groups = [approvals, drifts, vain, stray];
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const shown = sharesOf(groups.map(({ rows }) => rows.length), most);
  const waits = !tree.answer && !tree.error;
  return (
    <Tile
      title={t(mayDecide ? 'decisions.title' : 'decisions.titleOthers')}
      extra={waits ? undefined : [t('things', { count }), tree.answer && t('asOf', { when: format.dateTime(tree.answer.asOf) })].filter(Boolean).join(' · ')}
      loading={definitions.pending}
      error={definitions.error}
      retry={definitions.retry}
      rows={5}
      late={tree.late}
    >
      <ul className={styles.rows}>
        {groups.flatMap((group, at) => group.rows.slice(0, shown[at])).map(({ key, what, why }) => (
          <li key={key}>
            <div>{what}</div>
            <small className={styles.oneLine}>{why}</small>
          </li>
        ))}
      </ul>
      {waits && <Skeleton rows={2} />}
      {!waits && count === 0 && <p className={styles.small}>{t('decisions.none')}</p>}
      <p className={styles.more}>
        {groups.map((group, at) => {
          const rest = group.rows.length - (shown[at] ?? 0);
          return rest > 0 && <span key={at}>{group.more(rest)}</span>;
        })}
      </p>
    </Tile>
  );
}

interface Group {
  count: number;
  rows: Row[];
  /** What the rest of it is called, and where it is. */
  more: (count: number) => ReactNode;
}

/** How many rows of each list are shown where there is room for so many in all. */
export function sharesOf(lengths: number[], room: number): number[] {
  const shown = lengths.map((length) => Math.min(1, length));
  let left = room - shown.reduce((sum, each) => sum + each, 0);
  return shown.map((one, at) => {
    const more = Math.max(0, Math.min(left, (lengths[at] ?? 0) - one));
    left -= more;
    return one + more;
  });
}

function useApprovals({ all }: Definitions): Group {
  const { t } = useTranslation('cockpit');
  const { t: ledger } = useTranslation('ledger');
  const format = useFormat();
  const waiting = all.filter(({ kind, status }) => status === 'proposed' && kind !== 'Dashboard').toSorted((a, b) => a.at.localeCompare(b.at));
  return {
    count: waiting.length,
    rows: waiting.map((revision) => ({
      key: `approve ${revision.kind} ${revision.id}`,
      what: (
        <Link to="/ledger/$kind/$id" params={{ kind: revision.kind, id: revision.id }} search={{}}>
          {t('decisions.approve')} <Localized text={revision.body?.name} fallback={revision.id} />
        </Link>
      ),
      why: `${ledger(`kind.${revision.kind}`, { defaultValue: revision.kind })} ${t('changes.version', { version: revision.version })} · ${revision.author} · ${format.date(revision.at)}`,
    })),
    more: (count) => (
      <Link to="/ledger" search={{ status: 'proposed' }}>
        {t('decisions.moreApprovals', { count })} →
      </Link>
    ),
  };
}

function useDrifts(id: string, { answer }: OneTree, { all }: Definitions): Group {
  const { t } = useTranslation('cockpit');
  const { t: ledger } = useTranslation('ledger');
  const locale = useLocale();
  const nodes = answer ? drifted(answer) : [];
  const nameOf = (kind: string, of: string) => pick(all.find((each) => each.kind === kind && each.id === of)?.body.name, locale).text || of;
  return {
    count: nodes.length,
    rows: nodes.map(({ metric, name, trust }) => {
      const last = trust.changed.at(-1);
      return {
        key: `drift ${metric}`,
        what: (
          <Link to="/metric/$id" params={{ id: metric }} search={{}}>
            {t('decisions.drift')} <Localized text={name} fallback={metric} />
          </Link>
        ),
        why: last && (
          <Link to="/ledger/$kind/$id" params={{ kind: last.kind, id: last.id }} search={{ from: String(Math.max(1, last.version - 1)), to: String(last.version) }}>
            {t('decisions.changed', { kind: ledger(`kind.${last.kind}`, { defaultValue: last.kind }), name: nameOf(last.kind, last.id), by: last.by, version: last.version })}
          </Link>
        ),
      };
    }),
    more: (count) => (
      <TreeLink tree={id} view="table">
        {t('decisions.moreDrifts', { count })} →
      </TreeLink>
    ),
  };
}

function useVain(id: string, { answer }: OneTree): Group {
  const { t } = useTranslation('cockpit');
  const locale = useLocale();
  const nodes = answer ? vainUnsigned(answer) : [];
  const first = nodes[0];
  return {
    count: nodes.length,
    rows: first
      ? [
          {
            key: 'vain',
            what: (
              <TreeLink tree={id} metric={first.metric}>
                {t('decisions.vain', { count: nodes.length })}
              </TreeLink>
            ),
            why: nodes.map((node) => pick(node.name, locale).text || node.metric).join(t('and')),
          },
        ]
      : [],
    more: () => null,
  };
}

function useQuarantine(may: boolean): Group {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ['quarantine', 'waiting'],
    queryFn: ({ signal }) => api.get<QuarantinePage>('/quarantine', { status: 'open', limit: 1 }, signal),
    retry: false,
    enabled: may,
  });
  const total = may ? (data?.total ?? 0) : 0; // the rail asks as well
  return {
    count: total > 0 ? 1 : 0,
    rows:
      total > 0
        ? [
            {
              key: 'quarantine',
              what: (
                <Link to="/quarantine" search={{}}>
                  {t('decisions.quarantine', { count: total, shown: format.count(total).text })}
                </Link>
              ),
              why: data?.reasons.map(({ title, count }) => `${title} ${format.count(count).text}`).join(' · '),
            },
          ]
        : [],
    more: () => null,
  };
}

// Whether a metric tells anything, or only flatters: the judgement, the nine tests
// with their numbers in words, and what somebody signed against it.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, pathOf } from '../api/client';
import type { TreeAnswer, TreeNode, TreeVerdict } from '../api/tree';
import type { Revision } from '../api/types';
import { useMay } from '../app/permission';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { OverrideDialog } from './OverrideDialog';
import { groups, waiversOf, type TestResult, type TreeBody } from './model';
import { useEvidence } from './useEvidence';
import { VerdictBadge } from './VerdictBadge';
import styles from './Vanity.module.css';

interface VerdictPanelProps {
  /** The id of the stored tree. */
  tree: string;
  answer: TreeAnswer;
  node: TreeNode;
}

export function VerdictPanel({ tree, answer, node }: VerdictPanelProps) {
  const { t } = useTranslation('vanity');
  const locale = useLocale();
  const mayEdit = useMay('editor');
  const [signing, sign] = useState(false);
  const { data: revision } = useQuery({
    queryKey: ['definitions', 'Tree', tree],
    queryFn: ({ signal }) => api.get<Revision<TreeBody>>(`/definitions${pathOf('Tree', tree)}`, undefined, signal),
  });
  const verdict = node.vanity;
  if (!verdict) return <p className={styles.hatched}>{node.problem ? t('unmeasured', { problem: node.problem }) : t('unjudged')}</p>;
  const nameOf = (metric: string) => pick(answer.nodes.find((each) => each.metric === metric)?.name, locale).text || metric;
  return (
    <div className={styles.panel}>
      {verdict.override && <Override verdict={verdict} />}
      <p className={styles.told}>
        {verdict.override && <>{t('override.computed')} </>}
        <VerdictBadge verdict={{ judgement: verdict.judgement, standing: verdict.judgement }} /> <Reasons verdict={verdict} name={nameOf(node.metric)} />
      </p>
      <Tests verdict={verdict} nameOf={nameOf} />
      <div className={styles.foot}>
        <p className={styles.small}>{t('advice')}</p>
        {mayEdit && revision && (
          <Button size="small" onClick={() => sign(true)}>
            {t('override.do')}
          </Button>
        )}
      </div>
      <Waivers revision={revision} metric={node.metric} />
      {signing && revision && <OverrideDialog revision={revision} verdict={verdict} name={nameOf(node.metric)} onClose={() => sign(false)} />}
    </div>
  );
}

/** Why the judgement is what it is, rule by rule. */
function Reasons({ verdict, name }: { verdict: TreeVerdict; name: string }) {
  const { t } = useTranslation('vanity');
  const gap = useLocale() === 'en' ? ' ' : ''; // between sentences
  const tests = (rule: string, of: string[]) => of.map((test) => t(`test.${test}.${rule === 'valueShown' || rule === 'notShown' ? 'name' : 'caught'}`)).join(t('comma'));
  return (
    <>
      {t(`sentence.${verdict.judgement}`, { name })}
      {verdict.reasons.map(({ rule, tests: of }) => (
        <span key={rule}>
          {gap}
          {t(`rule.${rule}`, { tests: tests(rule, of) })}
        </span>
      ))}
    </>
  );
}

/** What somebody signed, before what was computed. */
function Override({ verdict }: { verdict: TreeVerdict }) {
  const { t } = useTranslation('vanity');
  const format = useFormat();
  const { override } = verdict;
  if (!override) return null;
  return (
    <p className={styles.signed}>
      <VerdictBadge verdict={verdict} /> {t('override.stands', { by: override.by, at: format.date(override.at), why: override.why })}
    </p>
  );
}

const marks: Record<TestResult['outcome'], string> = { pass: '✓', fail: '✕', unknown: '?' };

function Tests({ verdict, nameOf }: { verdict: TreeVerdict; nameOf: (metric: string) => string }) {
  const { t } = useTranslation('vanity');
  return (
    <table className={styles.tests}>
      <caption className="visually-hidden">{t('tests')}</caption>
      {groups.map(({ of, tests }) => (
        <tbody key={of}>
          <tr>
            <th scope="rowgroup" colSpan={3}>
              {t(`group.${of}`)}
            </th>
          </tr>
          {tests.map((test) => {
            const result = verdict.tests.find((each) => each.test === test);
            return result && <Test key={test} result={result} nameOf={nameOf} />;
          })}
        </tbody>
      ))}
    </table>
  );
}

/** Lines of evidence that stand open; the others unfold. */
const mostLines = 2;

function Test({ result, nameOf }: { result: TestResult; nameOf: (metric: string) => string }) {
  const { t } = useTranslation('vanity');
  const evidence = useEvidence(nameOf);
  const lines = evidence(result);
  const first = lines.slice(0, mostLines);
  const more = lines.slice(mostLines);
  return (
    <tr data-outcome={result.outcome}>
      <td>
        <span aria-hidden="true">{marks[result.outcome]}</span>
        {result.outcome !== 'unknown' && <span className="visually-hidden">{t(`outcome.${result.outcome}`)}</span>}
      </td>
      <th scope="row" title={t(`test.${result.test}.asks`)}>
        {t(`test.${result.test}.name`)}
      </th>
      <td>
        {result.outcome === 'unknown' && <b>{t('outcome.unknown')}</b>}
        {first.length > 0 ? first.map((line, i) => <p key={i}>{line}</p>) : t(`test.${result.test}.asks`)}
        {more.length > 0 && (
          <details>
            <summary>{t('more', { count: more.length })}</summary>
            <ul>
              {more.map((line, i) => (
                <li key={i}>{line}</li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  );
}

/** All that was ever signed about the metric in this tree, the newest first. */
function Waivers({ revision, metric }: { revision: Revision<TreeBody> | undefined; metric: string }) {
  const { t } = useTranslation('vanity');
  const format = useFormat();
  const waivers = waiversOf(revision, metric);
  if (waivers.length === 0) return null;
  return (
    <section className={styles.waivers}>
      <h3>{t('waivers')}</h3>
      <ol>
        {waivers.map(({ verdict, by, at, reason }, i) => (
          <li key={i}>
            <b>{t(`judgement.${verdict}`)}</b> {by} · {format.date(at)}
            <p>{reason}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

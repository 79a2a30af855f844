// The seven questions that a star is held against: what people wrote, what is still
// open, and beside each what the numbers say.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode, TreeReign } from '../../api/tree';
import { useFormat, useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { Card } from '../../ui/Card';
import { Localized } from '../../ui/Localized';
import { useEvidence } from '../../vanity/useEvidence';
import type { TestResult } from '../../vanity/model';
import { VerdictBadge } from '../../vanity/VerdictBadge';
import { knownOf, nodeOf } from '../model/figures';
import { leadsTo, questions, strategiesBehind, type Question } from './model';
import styles from './Star.module.css';

interface ChecklistProps {
  answer: TreeAnswer;
  reign: TreeReign;
  node: TreeNode;
}

export function Checklist({ answer, reign, node }: ChecklistProps) {
  const { t } = useTranslation('star');
  const answered = questions.length - reign.open.length;
  return (
    <Card title={t('checklist.title')} extra={t('checklist.answered', { answered, all: questions.length })} className={styles.card}>
      <ul className={styles.checklist}>
        {questions.map((question) => {
          const written = reign.checklist?.[question];
          return (
            <li key={question}>
              <h3>{t(`checklist.${question}`)}</h3>
              {written ? (
                <p>
                  <Localized text={written} />
                </p>
              ) : (
                <p className={styles.unsaid}>{t('checklist.open')}</p>
              )}
              <div className={styles.computed}>
                <Computed question={question} answer={answer} node={node} />
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** What the tree computes about a question, whatever was written. */
function Computed({ question, answer, node }: { question: Question; answer: TreeAnswer; node: TreeNode }) {
  const { t } = useTranslation('star');
  const { t: vanity } = useTranslation('vanity');
  const format = useFormat();
  const locale = useLocale();
  const nameOf = (metric: string) => pick(nodeOf(answer, metric)?.name, locale).text || metric;
  const evidence = useEvidence(nameOf);
  const test = (name: TestResult['test']) => {
    const result = node.vanity?.tests.find((each) => each.test === name);
    return result ? <Line outcome={result.outcome}>{evidence(result)[0] ?? vanity(`test.${name}.asks`)}</Line> : null;
  };
  switch (question) {
    case 'value':
      return test('farFromValue');
    case 'strategy': {
      const { behind, of } = strategiesBehind(answer);
      return of === 0 ? <Line outcome="unknown">{t('checklist.noStrategies')}</Line> : <Line outcome={behind > 0 ? 'pass' : 'fail'}>{t('checklist.strategies', { behind: format.full(behind), of: format.full(of) })}</Line>;
    }
    case 'leading':
      return (
        <>
          {test('noForesight')}
          {leadsTo(answer, node.metric).map(({ to, influence }) => (
            <Line key={to} outcome={influence.verdict === 'supported' ? 'pass' : influence.verdict === 'contradicted' ? 'fail' : 'unknown'}>
              {t(`checklist.leads.${influence.verdict}`, { to: nameOf(to), lag: format.full(influence.lagFound ?? influence.lag ?? 0), r: influence.strength === null ? '' : influence.strength.toFixed(2).replace('-', '−'), n: format.full(influence.n) })}
            </Line>
          ))}
        </>
      );
    case 'actionable':
      return (
        <>
          {test('soWhat')}
          {test('noHandle')}
        </>
      );
    case 'understandable': {
      const meaning = pick(node.meaning, locale).text;
      return <Line outcome={meaning ? 'pass' : 'fail'}>{meaning ? t('checklist.meaning', { meaning }) : t('checklist.noMeaning')}</Line>;
    }
    case 'measurable': {
      const value = knownOf(node);
      return (
        <>
          <Line outcome={value ? 'pass' : 'fail'}>{value ? t('checklist.measured', { periods: format.full(node.periods.filter(({ value }) => value !== null).length), all: format.full(node.periods.length), n: format.full(value.n) }) : (node.problem ?? t('unknown'))}</Line>
          {test('notAuditable')}
        </>
      );
    }
    case 'notVanity':
      return (
        <p className={styles.line}>
          <VerdictBadge verdict={node.vanity} /> {vanity(`means.${node.vanity?.standing ?? 'unknown'}`)}
        </p>
      );
  }
}

const marks: Record<TestResult['outcome'], string> = { pass: '✓', fail: '✕', unknown: '?' };

function Line({ outcome, children }: { outcome: TestResult['outcome']; children: React.ReactNode }) {
  const { t } = useTranslation('vanity');
  return (
    <p className={styles.line} data-outcome={outcome}>
      <b aria-hidden="true">{marks[outcome]}</b>
      <span className="visually-hidden">{t(`outcome.${outcome}`)} </span>
      <span>{children}</span>
    </p>
  );
}

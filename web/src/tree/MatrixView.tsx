// Objectives across the stages of each journey: what is measured where, and the
// empty places that ask for a measure. On a phone a list, stage by stage.
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeMatrix } from '../api/tree';
import { usePhone } from '../app/preferences';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { Card } from '../ui/Card';
import { Localized } from '../ui/Localized';
import { Sentence } from '../ui/Sentence';
import { EmptyState } from '../ui/States';
import { Cell } from './matrix/Cell';
import { rowsOf, unmeasuredStages, unmeasuredSteps, type Place, type Row } from './matrix/model';
import { usePain } from './matrix/usePain';
import styles from './matrix/Matrix.module.css';

interface MatrixViewProps {
  answer: TreeAnswer;
  /** Asked for a measure at a place; without it nobody is offered to. */
  onAsk?: (place: Place) => void;
}

export function MatrixView({ answer, onAsk }: MatrixViewProps) {
  const { t } = useTranslation('star');
  if (answer.matrix.length === 0) {
    return <EmptyState title={t('matrix.none.title')}>{t('matrix.none.hint')}</EmptyState>;
  }
  return (
    <>
      <Finding answer={answer} />
      {answer.matrix.map((matrix) => (
        <Journey key={matrix.journey} answer={answer} matrix={matrix} onAsk={onAsk} />
      ))}
    </>
  );
}

/** How many stages have no measure, and which of them hurts most. */
function Finding({ answer }: { answer: TreeAnswer }) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  const format = useFormat();
  const pain = usePain(answer);
  const all = answer.matrix.reduce((sum, { stages }) => sum + stages.length, 0);
  const without = answer.matrix.flatMap(unmeasuredStages);
  const gap = locale === 'en' ? ' ' : '';
  if (without.length === 0) return <Sentence tone="calm">{t('matrix.finding.all', { count: all })}</Sentence>;
  const names = without.map(({ id, name }) => pick(name, locale).text || id).join(t('comma'));
  return (
    <Sentence
      action={
        pain && (
          <Link to="/journeys/$id" params={{ id: pain.journey }} search={{ at: pain.leak.to.id }}>
            {t('matrix.finding.open')} →
          </Link>
        )
      }
    >
      <Trans t={t} i18nKey="matrix.finding.without" values={{ count: without.length, all: format.full(all), names }} count={without.length} components={{ b: <b /> }} shouldUnescape tOptions={{ interpolation: { escapeValue: true } }} />
      {pain && (
        <>
          {gap}
          <Trans
            t={t}
            i18nKey="matrix.finding.pain"
            values={{ stage: pick(pain.leak.to.name, locale).text || pain.leak.to.id, had: format.full(pain.leak.had), lost: format.full(pain.leak.lost), rate: format.percent(pain.leak.rate.rate), asOf: format.dateTime(answer.asOf) }}
            components={{ b: <b /> }}
            shouldUnescape
            tOptions={{ interpolation: { escapeValue: true } }}
          />
        </>
      )}
    </Sentence>
  );
}

interface JourneyProps {
  answer: TreeAnswer;
  matrix: TreeMatrix;
  onAsk: ((place: Place) => void) | undefined;
}

function Journey({ answer, matrix, onAsk }: JourneyProps) {
  const { t } = useTranslation('star');
  const { t: shell } = useTranslation('shell');
  const locale = useLocale();
  const isPhone = usePhone();
  const [showsIdle, showIdle] = useState(false);
  const { acting, idle } = rowsOf(matrix);
  const rows = showsIdle ? [...acting, ...idle] : acting;
  const nameOf = (objective: string) => pick(answer.objectives.find(({ id }) => id === objective)?.name, locale).text || objective;
  const props = { answer, matrix, rows, onAsk, nameOf };
  return (
    <Card
      className={styles.journey}
      title={
        <Link to="/journeys/$id" params={{ id: matrix.journey }} search={{}}>
          <Localized text={matrix.name} fallback={matrix.journey} />
        </Link>
      }
      extra={shell('version', { version: matrix.version })}
    >
      {isPhone ? <Stages {...props} /> : <Grid {...props} />}
      {idle.length > 0 && (
        <Button type="link" size="small" className={styles.idle} aria-expanded={showsIdle} onClick={() => showIdle(!showsIdle)}>
          {showsIdle ? t('matrix.hideIdle') : t('matrix.idle', { count: idle.length, names: idle.map(({ objective }) => nameOf(objective)).join(t('comma')) })}
        </Button>
      )}
      <Unmeasured answer={answer} journey={matrix.journey} />
    </Card>
  );
}

interface RowsProps extends JourneyProps {
  rows: Row[];
  nameOf: (objective: string) => string;
}

function Grid({ answer, matrix, rows, onAsk, nameOf }: RowsProps) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  const without = new Set(unmeasuredStages(matrix).map(({ id }) => id));
  return (
    // A region that scrolls has to be reachable without a mouse.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('matrix.label', { journey: pick(matrix.name, locale).text || matrix.journey })}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">{t('matrix.objective')}</th>
            {matrix.stages.map(({ id, name }) => (
              <th key={id} scope="col" data-without={without.has(id)}>
                <Localized text={name} fallback={id} />
                {without.has(id) && <small>{t('matrix.noMeasure')}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.objective}>
              <th scope="row">
                {nameOf(row.objective)}
                <small>{answer.objectives.find(({ id }) => id === row.objective)?.owner.join(t('comma'))}</small>
              </th>
              {row.cells.map((cell) => (
                <td key={cell.stage}>
                  <Cell answer={answer} cell={cell} place={{ objective: row.objective, journey: matrix.journey, stage: cell.stage }} objective={nameOf(row.objective)} stage={stageName(matrix, cell.stage, locale)} onAsk={onAsk} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same, stage by stage: only where an objective acts, and one place to ask where none does. */
function Stages({ answer, matrix, rows, onAsk, nameOf }: RowsProps) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  return (
    <ol className={styles.stages}>
      {matrix.stages.map(({ id, name }) => {
        const cells = rows.flatMap((row) => row.cells.filter((cell) => cell.stage === id && cell.strategies.length > 0).map((cell) => ({ row, cell })));
        return (
          <li key={id}>
            <h3>
              <Localized text={name} fallback={id} />
            </h3>
            {cells.map(({ row, cell }) => (
              <div key={row.objective}>
                <h4>{nameOf(row.objective)}</h4>
                <Cell answer={answer} cell={cell} place={{ objective: row.objective, journey: matrix.journey, stage: id }} objective={nameOf(row.objective)} stage={stageName(matrix, id, locale)} onAsk={onAsk} />
              </div>
            ))}
            {cells.length === 0 && <p className={styles.empty}>{t('matrix.nobody')}</p>}
          </li>
        );
      })}
    </ol>
  );
}

function stageName(matrix: TreeMatrix, stage: string, locale: ReturnType<typeof useLocale>): string {
  return pick(matrix.stages.find(({ id }) => id === stage)?.name, locale).text || stage;
}

/** Steps that a strategy works on and nobody measures, by name. */
function Unmeasured({ answer, journey }: { answer: TreeAnswer; journey: string }) {
  const { t } = useTranslation('star');
  const locale = useLocale();
  const found = unmeasuredSteps(answer, journey);
  if (found.length === 0) return null;
  const name = (step: (typeof found)[number]['steps'][number]) => pick(step.stepName, locale).text || pick(step.stageName, locale).text || step.step || step.stage;
  return (
    <ul className={styles.unmeasured}>
      {found.map(({ strategy, steps }) => (
        <li key={strategy.id}>{t('matrix.unmeasured', { strategy: pick(strategy.name, locale).text || strategy.id, steps: steps.map(name).join(t('comma')) })}</li>
      ))}
    </ul>
  );
}

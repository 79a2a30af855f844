// The table twin of the canvas: the same metrics with the same numbers, the star and
// its constellation first, then objectives, strategies and their measures, and the
// lines as a list. On a phone it is what a tree looks like.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useFormat } from '../../format/useFormat';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { Badges } from '../canvas/MetricCard';
import { arrange, restKey, type Block, type Row } from '../model/arrange';
import { moveOfNode, starOf } from '../model/figures';
import { linesOf } from '../model/lines';
import { StepLinks } from '../StepLinks';
import { useEditing } from '../useEditing';
import { useGuardrailWords, useList, useTargetWords } from '../useWords';
import type { ViewProps } from '../views';
import { EdgeTable } from './EdgeTable';
import { TargetTable } from './TargetTable';
import styles from './TreeTable.module.css';

export function TreeTable({ answer, selected, onSelect }: ViewProps) {
  const { t } = useTranslation('tree');
  const period = usePeriod(answer.grain);
  const list = useList();
  const blocks = arrange(answer);
  const top = blocks.filter(({ rank }) => rank !== 'below');
  const below = blocks.filter(({ rank }) => rank === 'below');
  const from = starOf(answer)?.value?.from;
  const columns = 7;
  const rows = (block: Block, level: number) => block.rows.map((row) => <OneRow key={row.key} answer={answer} row={row} block={block} level={level} columns={columns} selected={selected} onSelect={onSelect} />);
  return (
    <>
      <table className={styles.table}>
        <caption className="visually-hidden">{t('table.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('table.name')}</th>
            <th scope="col" data-number="">
              {from ? period(from) : t('table.value')}
            </th>
            <th scope="col" data-number="">
              {t('table.change')}
            </th>
            <th scope="col" data-number="">
              {t('table.n')}
            </th>
            <th scope="col">{t('table.standing')}</th>
            <th scope="col">{t('table.owner')}</th>
            <th scope="col">{t('table.trust')}</th>
          </tr>
        </thead>
        <tbody>
          <tr className={styles.group}>
            <th scope="rowgroup" colSpan={columns}>
              {t('table.star')}
            </th>
          </tr>
          {top.flatMap((block) => rows(block, 1))}
        </tbody>
        {below.map((block) => (
          <tbody key={block.key}>
            <tr className={styles.group}>
              <th scope="rowgroup" colSpan={columns}>
                {block.objective ? (
                  <Part id={block.key} selected={selected} onSelect={onSelect}>
                    <Localized text={block.objective.name} fallback={block.objective.id} />
                  </Part>
                ) : (
                  t('canvas.rest')
                )}{' '}
                <small>{block.key === restKey ? t('canvas.restHint') : [t('role.objective'), list(block.objective?.owner ?? [])].filter(Boolean).join(' · ')}</small>
              </th>
            </tr>
            {rows(block, block.objective ? 2 : 1)}
          </tbody>
        ))}
      </table>
      <TargetTable answer={answer} onSelect={onSelect} />
      <EdgeTable answer={answer} onSelect={onSelect} />
    </>
  );
}

interface PartProps {
  id: string;
  selected: string | undefined;
  onSelect: (key: string | undefined) => void;
  children: ReactNode;
}

/** An objective or a strategy: while the tree is drawn it opens. */
function Part({ id, selected, onSelect, children }: PartProps) {
  if (useEditing() === null) return children;
  return (
    <button type="button" className={styles.open} aria-pressed={selected === id} onClick={() => onSelect(selected === id ? undefined : id)}>
      {children}
    </button>
  );
}

interface OneRowProps {
  answer: TreeAnswer;
  row: Row;
  block: Block;
  level: number;
  columns: number;
  selected: string | undefined;
  onSelect: (metric: string | undefined) => void;
}

function OneRow({ answer, row, block, level, columns, selected, onSelect }: OneRowProps) {
  const { t } = useTranslation('tree');
  const list = useList();
  if (row.is === 'strategy') {
    return (
      <tr className={styles.strategy}>
        <th scope="row" colSpan={columns} data-level={1}>
          <Part id={row.key} selected={selected} onSelect={onSelect}>
            <Localized text={row.strategy.name} fallback={row.strategy.id} />
          </Part>{' '}
          <small>{[t('role.strategy'), list(row.strategy.owner)].filter(Boolean).join(' · ')}</small>
          {row.strategy.steps.length > 0 && (
            <span className={styles.steps}>
              <StepLinks steps={row.strategy.steps} />
            </span>
          )}
        </th>
      </tr>
    );
  }
  const mark = row.is === 'mention' ? '↑' : block.rank === 'star' && row.depth === 0 ? '★' : block.rank === 'input' && row.depth === 0 ? '✦' : '';
  return <MetricRow node={row.node} level={level + (row.is === 'metric' ? row.depth : 0)} mark={mark} period={starOf(answer)?.value?.from} grain={answer.grain} selected={selected === row.node.metric} onSelect={onSelect} />;
}

interface MetricRowProps {
  node: TreeNode;
  level: number;
  mark: string;
  /** The period of the table's head; one that lags behind it says its own. */
  period: string | undefined;
  grain: string;
  selected: boolean;
  onSelect: (metric: string | undefined) => void;
}

function MetricRow({ node, level, mark, period, grain, selected, onSelect }: MetricRowProps) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const list = useList();
  const unit = useUnit(node.unit);
  const target = useTargetWords(node.unit);
  const guardrail = useGuardrailWords(node);
  const periodName = usePeriod(grain);
  const move = moveOfNode(node);
  const { value } = node;
  const standing = [node.target && target(node.target), guardrail].filter((one) => one !== null && one !== undefined);
  const interval = value?.low != null && value.high !== null ? `${unit.plain(value.low)}–${unit.plain(value.high)}` : null;
  return (
    <tr className={styles.metric} data-selected={selected}>
      <th scope="row" data-level={level}>
        <button type="button" aria-pressed={selected} onClick={() => onSelect(selected ? undefined : node.metric)}>
          {mark && <i aria-hidden="true">{mark} </i>}
          <Localized text={node.name} fallback={node.metric} />
        </button>
        {node.problem !== null && <small className={styles.problem}>{node.problem}</small>}
      </th>
      <td data-number="" data-unknown={value?.value == null} data-label={t('table.value')}>
        <b title={unit.show(value?.value ?? null).full}>{unit.show(value?.value ?? null).text}</b>
        {interval !== null && <small>{interval}</small>}
        {value && value.from !== period && <small>{periodName(value.from)}</small>}
      </td>
      <td data-number="" data-label={t('table.change')}>
        {move && <Change value={move.value} unit={move.unit} good={node.good === 'neither' ? null : node.good} />}
      </td>
      <td data-number="" data-label="n">
        {value && format.full(value.n)}
      </td>
      <td data-label={t('table.standing')}>{standing.join(' · ')}</td>
      <td data-label={t('table.owner')}>{list(node.owner)}</td>
      <td>{linesOf(node).badges ? <Badges node={node} /> : node.trust.state === 'approved' && <span className={styles.calm}>✓ {t('trust.approved')}</span>}</td>
    </tr>
  );
}

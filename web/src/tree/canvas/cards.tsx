// The cards of the canvas as React Flow draws them. Their boxes are known before they
// are drawn; their anchors are there for lines to be drawn from by hand.
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeObjective } from '../../api/tree';
import { useUnit } from '../../metrics/useUnit';
import type { Rank, Row } from '../model/arrange';
import { StepLinks } from '../StepLinks';
import { useEditing } from '../useEditing';
import { useList, useNameOf } from '../useWords';
import { useLight } from './light';
import { MetricCard } from './MetricCard';
import styles from './Cards.module.css';
import canvas from './Canvas.module.css';

export type CardNode =
  | Node<{ row: Extract<Row, { is: 'metric' }>; rank: Rank }, 'metric'>
  | Node<{ row: Extract<Row, { is: 'strategy' }> }, 'strategy'>
  | Node<{ row: Extract<Row, { is: 'mention' }> }, 'mention'>
  | Node<{ objective: TreeObjective | null }, 'frame'>;

type Of<Type extends CardNode['type']> = NodeProps<Extract<CardNode, { type: Type }>>;

/** What every card has: its anchors, its light, and the keys' way to it. */
interface SpotProps {
  id: string;
  label: string;
  onOpen?: (() => void) | undefined;
  /** A line can be drawn from it and to it. */
  isMetric?: boolean;
  children: ReactNode;
}

function Spot({ id, label, onOpen, isMetric = false, children }: SpotProps) {
  const light = useLight();
  const canJoin = useEditing() !== null && isMetric;
  const fault = light.faults.get(id);
  const press = (event: KeyboardEvent) => {
    if (!onOpen || event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    onOpen();
  };
  return (
    <>
      {/* Only what opens something is a button; an objective and a strategy are stops on the way of the arrows. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={canvas.spot}
        data-card={id}
        data-dim={light.lit !== null && !light.lit.has(id)}
        data-selected={light.selected === id}
        data-fault={fault !== undefined}
        title={fault}
        role={onOpen ? 'button' : 'group'}
        // A button is called by all that it shows; a group has no name of its own.
        aria-label={onOpen ? undefined : label}
        aria-pressed={onOpen ? light.selected === id : undefined}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={light.tabStop === id ? 0 : -1}
        onClick={onOpen}
        onKeyDown={press}
        onFocus={() => light.stand(id)}
        onMouseEnter={() => light.look(id)}
        onMouseLeave={() => light.look(null)}
      >
        {children}
      </div>
      <Handle id="top" type="source" position={Position.Top} className={canvas.anchor} data-open={canJoin} isConnectable={canJoin} />
      <Handle id="bottom" type="source" position={Position.Bottom} className={canvas.anchor} data-open={canJoin} isConnectable={canJoin} />
    </>
  );
}

export function MetricSpot({ id, data }: Of<'metric'>) {
  const { t } = useTranslation('tree');
  const { select } = useLight();
  const nameOf = useNameOf();
  const { node, depth } = data.row;
  const unit = useUnit(node.unit);
  return (
    <Spot id={id} label={t('canvas.card', { name: nameOf(node, node.metric), value: unit.show(node.value?.value ?? null).full })} onOpen={() => select(node.metric)} isMetric>
      <MetricCard node={node} rank={data.rank === 'below' || depth > 0 ? 'below' : data.rank} slim={depth > 0} />
    </Spot>
  );
}

/** A measure that stands elsewhere: pressed, it leads there. */
export function MentionSpot({ id, data }: Of<'mention'>) {
  const { t } = useTranslation('tree');
  const { select } = useLight();
  const nameOf = useNameOf();
  const { node } = data.row;
  const unit = useUnit(node.unit);
  const name = nameOf(node, node.metric);
  return (
    <Spot id={id} label={t('canvas.mention', { name })} onOpen={() => select(node.metric)}>
      <div className={styles.mention} title={name}>
        <span className={styles.name}>
          <i aria-hidden="true">↑</i>
          {name}
        </span>
        <b>{unit.plain(node.value?.value ?? null)}</b>
      </div>
    </Spot>
  );
}

export function StrategySpot({ id, data }: Of<'strategy'>) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const list = useList();
  const { tabStop, select } = useLight();
  const isEditing = useEditing() !== null;
  const { strategy } = data.row;
  const name = nameOf(strategy, strategy.id);
  return (
    <Spot id={id} label={t('canvas.strategy', { name })} onOpen={isEditing ? () => select(id) : undefined}>
      <div className={styles.strategy}>
        <span className={styles.name} title={name}>
          {name} <small>{list(strategy.owner)}</small>
        </span>
        {strategy.steps.length > 0 && (
          <p className={styles.steps}>
            <StepLinks steps={strategy.steps} tabIndex={tabStop === id ? 0 : -1} plain={isEditing} />
          </p>
        )}
      </div>
    </Spot>
  );
}

export function FrameSpot({ id, data }: Of<'frame'>) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const list = useList();
  const { select } = useLight();
  const isEditing = useEditing() !== null;
  const { objective } = data;
  const name = objective ? nameOf(objective, objective.id) : t('canvas.rest');
  return (
    <Spot id={id} label={objective ? t('canvas.objective', { name }) : name} onOpen={isEditing && objective ? () => select(id) : undefined}>
      <div className={styles.frame}>
        <header>
          <b className={styles.name} title={name}>
            {name}
          </b>
          <small>{objective ? [t('role.objective'), list(objective.owner)].filter(Boolean).join(' · ') : t('canvas.restHint')}</small>
        </header>
      </div>
    </Spot>
  );
}

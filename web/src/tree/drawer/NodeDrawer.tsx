// What there is to know about the selected metric, at the side of the tree; on a
// phone a sheet over it.
import { CloseOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode } from '../../api/tree';
import { useMay } from '../../app/permission';
import { Section } from '../../board/drawer/Drawer';
import drawer from '../../board/drawer/Drawer.module.css';
import { useFormat } from '../../format/useFormat';
import { smallN } from '../../metrics/model';
import { Sparkline } from '../../metrics/Sparkline';
import { usePeriod } from '../../metrics/usePeriod';
import { useUnit } from '../../metrics/useUnit';
import { Change } from '../../ui/Change';
import { Localized } from '../../ui/Localized';
import { VerdictPanel } from '../../vanity/VerdictPanel';
import { NodeFields } from '../edit/NodeFields';
import type { Address } from '../model/address';
import { moveOfNode } from '../model/figures';
import { roundly } from '../model/reading';
import { useEditing } from '../useEditing';
import { useGuardrailWords, useList, useNameOf, useTargetWords } from '../useWords';
import { BehindNode } from './BehindNode';
import { NodeEdges } from './NodeEdges';
import { NodeTargets } from './NodeTargets';
import { Trust } from './Trust';
import styles from './NodeDrawer.module.css';

interface NodeDrawerProps {
  node: TreeNode;
  answer: TreeAnswer;
  address: Address;
  onSelect: (metric: string | undefined) => void;
}

export function NodeDrawer({ node, answer, address, onSelect }: NodeDrawerProps) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const list = useList();
  const mayEdit = useMay('editor');
  const { t: vanity } = useTranslation('vanity');
  const editing = useEditing();
  const [behind, open] = useState(false);
  const name = nameOf(node, node.metric);
  const roles = node.roles.filter((role) => role !== 'component' || node.roles.length === 1).map((role) => t(`role.${role}`));
  return (
    <aside className={`${drawer.drawer} ${styles.drawer}`} aria-label={t('drawer.title', { name })}>
      <div className={drawer.head}>
        <div>
          <h2>
            <Localized text={node.name} fallback={node.metric} />
          </h2>
          <p className={drawer.sub}>
            {list(roles)} · {node.owner.length > 0 ? t('drawer.owner', { owners: list(node.owner) }) : t('drawer.noOwner')}
          </p>
        </div>
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t('drawer.close')} onClick={() => onSelect(undefined)} />
      </div>
      {node.problem !== null && <p className={styles.problem}>{node.problem}</p>}
      <Numbers node={node} grain={answer.grain} />
      <p className={styles.ways}>
        <Link to="/metric/$id" params={{ id: node.metric }} search={{ grain: address.grain }}>
          {t('drawer.page')}
        </Link>
        {mayEdit && node.formula === '' && node.value !== null && node.value.customers > 0 && (
          <button type="button" className={drawer.link} onClick={() => open(true)}>
            {t('drawer.people', { count: node.value.customers })}
          </button>
        )}
        <Link to="/ledger/$kind/$id" params={{ kind: 'Metric', id: node.metric }} search={{}}>
          {t('drawer.ledger')}
        </Link>
      </p>
      {editing === null && <NodeTargets node={node} answer={answer} onSelect={onSelect} />}
      <Section title={t('drawer.definition')}>
        <p className={styles.words}>
          <Localized text={node.meaning} fallback={t('drawer.noMeaning')} />
        </p>
        {node.formula !== '' && <code className={drawer.code}>{node.formula}</code>}
      </Section>
      <Section title={t('drawer.trust')}>
        <Trust trust={node.trust} />
      </Section>
      {editing === null && (
        <Section title={vanity('title')}>
          <VerdictPanel tree={answer.definition.id} answer={answer} node={node} />
        </Section>
      )}
      <NodeEdges node={node} answer={answer} onSelect={onSelect} />
      <NodeFields node={node} />
      {behind && <BehindNode node={node} answer={answer} address={address} onClose={() => open(false)} />}
    </aside>
  );
}

/** What it is now with its n and interval, how it moved, and where it should be. */
function Numbers({ node, grain }: { node: TreeNode; grain: string }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const unit = useUnit(node.unit);
  const period = usePeriod(grain);
  const target = useTargetWords(node.unit);
  const guardrail = useGuardrailWords(node);
  const { value, before, running } = node;
  const move = moveOfNode(node);
  return (
    <>
      <div className={styles.number} data-unknown={value?.value == null}>
        <b title={unit.show(value?.value ?? null).full}>{unit.show(value?.value ?? null).text}</b>
        {move && <Change value={move.value} unit={move.unit} good={node.good === 'neither' ? null : node.good} />}
        <Sparkline points={node.periods} />
      </div>
      <dl className={drawer.rows}>
        {value && (
          <Line label={t('drawer.period')}>
            {period(value.from)} <small data-small={value.n < smallN}>n = {format.full(value.n)}{value.n < smallN && ` · ${t('drawer.few')}`}</small>
          </Line>
        )}
        {value?.low != null && value.high !== null && <Line label={t('drawer.interval')}>{`${unit.plain(value.low)} – ${unit.plain(value.high)}`}</Line>}
        {before && <Line label={t('drawer.before')}>{unit.show(before.value).text}</Line>}
        {running && <Line label={t('drawer.running')}>{unit.show(running.value).text}</Line>}
        {node.target && (
          <Line label={t('drawer.target')}>
            {target(node.target)}
            <br />
            <small>
              {t('drawer.targetSpan', { from: format.date(node.target.from), to: format.date(node.target.to) })}
              {node.target.expected !== null && ` · ${t('drawer.expected', { value: unit.show(roundly(node.target.expected)).text })}`}
            </small>
          </Line>
        )}
        {guardrail !== null && <Line label={t('drawer.guardrail', { tier: t(`guardrail.tier.${node.guardrail?.tier ?? 3}`) })}>{guardrail}</Line>}
      </dl>
    </>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// How the targets of a metric are divided, and what the targets of others ask of it.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeNode, TreeStanding } from '../../api/tree';
import { Section } from '../../board/drawer/Drawer';
import { useFormat } from '../../format/useFormat';
import { standings } from '../model/attention';
import { nodeOf } from '../model/figures';
import { partKey } from '../model/target';
import { useNameOf, usePartName } from '../useWords';
import { PartAmount } from './PartAmount';
import { PartsSum } from './PartsSum';
import styles from './NodeDrawer.module.css';

interface NodeTargetsProps {
  node: TreeNode;
  answer: TreeAnswer;
  onSelect: (metric: string) => void;
}

export function NodeTargets({ node, answer, onSelect }: NodeTargetsProps) {
  const { t } = useTranslation('tree');
  const nameOf = useNameOf();
  const own = standings(answer).filter(({ metric, parts }) => metric === node.metric && parts.length > 0);
  const asked = standings(answer).flatMap((standing) => standing.parts.filter(({ metric }) => metric === node.metric && standing.metric !== node.metric).map((part) => ({ standing, part })));
  return (
    <>
      {own.length > 0 && (
        <Section title={t('parts.title')}>
          <ul className={styles.edges}>
            {own.map((standing) => (
              <li key={`${standing.objective} ${standing.from} ${standing.to}`}>
                <Divided standing={standing} unit={node.unit} answer={answer} onSelect={onSelect} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {asked.length > 0 && (
        <Section title={t('parts.asked')}>
          <ul className={styles.edges}>
            {asked.map(({ standing, part }) => (
              <li key={`${standing.metric} ${standing.objective} ${standing.from} ${standing.to}`}>
                <button type="button" onClick={() => onSelect(standing.metric)}>
                  {nameOf(nodeOf(answer, standing.metric) ?? {}, standing.metric)}
                </button>
                <small><PartAmount part={part} of={standing} answer={answer} /></small>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Divided({ standing, unit, answer, onSelect }: { standing: TreeStanding; unit: string; answer: TreeAnswer; onSelect: (metric: string) => void }) {
  const { t } = useTranslation('tree');
  const format = useFormat();
  const partName = usePartName(answer);
  return (
    <>
      <small>{t('parts.of', { from: format.date(standing.from), to: format.date(standing.to) })}</small>
      <ul className={styles.divided}>
        {standing.parts.map((part) => (
          <li key={partKey(part)}>
            {part.metric === undefined || part.metric === standing.metric ? (
              <span>{partName(part)}</span>
            ) : (
              <button type="button" onClick={() => onSelect(part.metric ?? '')}>
                {partName(part)}
              </button>
            )}
            <b><PartAmount part={part} of={standing} answer={answer} /></b>
          </li>
        ))}
      </ul>
      <PartsSum whole={standing.value} sum={standing.partsSum} unit={unit} />
    </>
  );
}

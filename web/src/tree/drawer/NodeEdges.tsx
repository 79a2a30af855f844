// What a metric is made of, what it makes, what people believe to move it, and what it
// is believed to move: each leads to the other end.
import { useTranslation } from 'react-i18next';
import type { TreeAnswer, TreeEdge, TreeNode } from '../../api/tree';
import { Section } from '../../board/drawer/Drawer';
import { Localized } from '../../ui/Localized';
import { operatorOf, useInfluenceWords, useNameOf } from '../useWords';
import styles from './NodeDrawer.module.css';

interface NodeEdgesProps {
  node: TreeNode;
  answer: TreeAnswer;
  onSelect: (metric: string) => void;
}

export function NodeEdges({ node, answer, onSelect }: NodeEdgesProps) {
  const { t } = useTranslation('tree');
  const groups: { title: string; edges: TreeEdge[]; other: 'from' | 'to' }[] = [
    { title: t('edges.madeOf'), edges: answer.edges.filter(({ kind, to }) => kind === 'arithmetic' && to === node.metric), other: 'from' },
    { title: t('edges.makes'), edges: answer.edges.filter(({ kind, from }) => kind === 'arithmetic' && from === node.metric), other: 'to' },
    { title: t('edges.movedBy'), edges: answer.edges.filter(({ kind, to }) => kind === 'influence' && to === node.metric), other: 'from' },
    { title: t('edges.moves'), edges: answer.edges.filter(({ kind, from }) => kind === 'influence' && from === node.metric), other: 'to' },
  ];
  return groups.map(
    ({ title, edges, other }) =>
      edges.length > 0 && (
        <Section key={title} title={title}>
          <ul className={styles.edges}>
            {edges.map((edge) => (
              <OneEdge key={edge[other]} edge={edge} answer={answer} other={edge[other]} onSelect={onSelect} />
            ))}
          </ul>
        </Section>
      ),
  );
}

function OneEdge({ edge, answer, other, onSelect }: { edge: TreeEdge; answer: TreeAnswer; other: string; onSelect: (metric: string) => void }) {
  const nameOf = useNameOf();
  const words = useInfluenceWords(answer.grain);
  const node = answer.nodes.find(({ metric }) => metric === other);
  const told = edge.influence && words(edge.influence);
  return (
    <li>
      <button type="button" onClick={() => onSelect(other)}>
        {edge.kind === 'arithmetic' && <i aria-hidden="true">{operatorOf(edge)}</i>} {node ? nameOf(node, other) : other}
      </button>
      {told && (
        <small data-verdict={edge.influence?.verdict}>
          {told.belief} · {told.found} · {told.verdict}
        </small>
      )}
      {edge.influence && (
        <small>
          <Localized text={edge.influence.reason} />
        </small>
      )}
    </li>
  );
}

// A line between two cards, with its words: solid what is computed, dashed what people
// believe, dotted what belongs to the constellation.
import { BaseEdge, EdgeLabelRenderer, useInternalNode, type Edge, type EdgeProps, type InternalNode } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import type { Join } from '../model/joins';
import type { Box } from '../model/place';
import { bracketRoute, curveRoute } from '../model/route';
import { operatorOf, useInfluenceWords } from '../useWords';
import { strengthOf, useLight } from './light';
import styles from './Canvas.module.css';

export type JoinEdge = Edge<{ join: Join; grain: string; bracket: boolean; far: boolean; offset: number }, 'join'>;

export function JoinLine({ id, source, target, data }: EdgeProps<JoinEdge>) {
  const [from, to] = [boxOf(useInternalNode(source)), boxOf(useInternalNode(target))];
  const light = useLight();
  if (!data || !from || !to) return null;
  const { join, bracket, far, offset, grain } = data;
  const { path, label } = bracket ? bracketRoute(from, to) : curveRoute(from, to, offset);
  const strength = strengthOf(join, light, far);
  return (
    <>
      <BaseEdge id={id} path={path} className={styles.line} data-is={join.is} data-strength={strength} data-verdict={join.edge?.influence?.verdict} />
      {join.edge && (strength === 'lit' || strength === 'usual' || bracket) && (
        <EdgeLabelRenderer>
          <JoinWords join={join} grain={grain} strength={strength} x={label.x} y={label.y} />
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function JoinWords({ join, grain, strength, x, y }: { join: Join; grain: string; strength: string; x: number; y: number }) {
  const { t } = useTranslation('tree');
  const words = useInfluenceWords(grain);
  const at = { transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` };
  const influence = join.edge?.influence;
  if (!influence) {
    return (
      <span className={styles.operator} style={at} data-strength={strength}>
        {join.edge && operatorOf(join.edge)}
      </span>
    );
  }
  const { belief, found, verdict } = words(influence);
  return (
    <span className={styles.words} style={at} data-strength={strength} data-verdict={influence.verdict} title={t('influence.title', { belief, found, verdict })}>
      <b>{belief}</b> {verdict}
      <small>{found}</small>
    </span>
  );
}

function boxOf(node: InternalNode | undefined): Box | null {
  if (!node) return null;
  return { ...node.internals.positionAbsolute, width: node.width ?? 0, height: node.height ?? 0 };
}

// What the nodes of paths are called, and the graph that is drawn of them.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PathNode, PathsAnswer } from '../../api/types';
import type { Anchored } from '../model/paths';
import { useBoard } from '../useBoard';
import type { Chosen, Graph, Tone } from './graph';

const tones: Record<PathNode['kind'], Tone> = { anchor: 'stage', until: 'stage', ended: 'left', began: 'left', event: 'next', other: 'other', more: 'other' };

export interface NodeNames {
  /** An event's or a stage's name, or what an end is called. */
  of: (node: PathNode | undefined) => string;
  /** Where a node stands as seen from the anchor: "+2"; empty where its name says it. */
  place: (node: PathNode | undefined) => string;
  node: (id: string) => PathNode | undefined;
  graph: (answer: PathsAnswer) => Graph;
  /** Who is behind what was chosen. */
  title: (chosen: Chosen) => string;
}

export function useNodeNames(at: Anchored | null, answer: PathsAnswer | undefined): NodeNames {
  const { t } = useTranslation('paths');
  const { nameOf } = useBoard();
  return useMemo(() => {
    const nodes = new Map(answer?.nodes.map((node) => [node.id, node]));
    const node = (id: string) => nodes.get(id);
    const of = (node: PathNode | undefined): string => {
      if (!node) return '';
      switch (node.kind) {
        case 'event':
          return node.event ?? '';
        case 'anchor':
          return at?.anchor ? nameOf(at.anchor) : t('node.anchor');
        case 'until':
          return at?.until ? nameOf(at.until) : t('node.until');
        default:
          return t(`node.${node.kind}`);
      }
    };
    const place = (node: PathNode | undefined): string =>
      !node || at?.kind === 'transitions' || (node.kind !== 'event' && node.kind !== 'other') ? '' : node.position < 0 ? `−${-node.position}` : `+${node.position}`;
    const whole = (node: PathNode | undefined) => [place(node), of(node)].filter(Boolean).join(' ');
    const graph = (drawn: PathsAnswer): Graph => {
      const positions = [...new Set(drawn.nodes.map((each) => each.position))].toSorted((a, b) => a - b);
      return {
        nodes: drawn.nodes.map((each) => ({
          id: each.id,
          name: whole(each),
          short: of(each),
          size: each.paths,
          tone: tones[each.kind],
          column: positions.indexOf(each.position),
        })),
        links: drawn.links.map((link) => ({ from: link.from, to: link.to, size: link.paths, median: link.medianSeconds })),
      };
    };
    const title = (chosen: Chosen) =>
      'node' in chosen ? t('people.node', { name: whole(node(chosen.node)) }) : t('people.link', { from: whole(node(chosen.link[0])), to: whole(node(chosen.link[1])) });
    return { of, place, node, graph, title };
  }, [t, nameOf, at, answer]);
}

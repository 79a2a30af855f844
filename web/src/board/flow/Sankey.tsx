// A graph as a Sankey diagram. A chunk of its own: ECharts is fetched when the
// first one is looked at. Its table twin stands beside it.
import { SankeyChart } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { escaped, useChart } from '../../ui/useChart';
import type { Chosen, Graph, Tone } from './graph';
import styles from './FlowView.module.css';

register([SankeyChart, TooltipComponent, SVGRenderer]);

interface SankeyProps {
  graph: Graph;
  /** Told what was pressed; without it nothing can be. */
  onChoose?: (chosen: Chosen) => void;
}

const rowHeight = 26;
const lowest = 460;

interface Item {
  dataType?: string;
  name: string;
  value: number;
  data: { source?: string; target?: string; median?: number | null };
}

export default function Sankey({ graph, onChoose }: SankeyProps) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const canChoose = onChoose !== undefined;
  const choose = (item: Item) => {
    const { source, target } = item.data;
    if (item.dataType !== 'edge') onChoose?.({ node: item.name });
    else if (source !== undefined && target !== undefined) onChoose?.({ link: [source, target] });
  };

  const box = useChart(
    ({ palette, isDark }) => {
      const colours: Record<Tone, string> = {
        stage: isDark ? '#5a6fb8' : '#8ea2dd',
        left: isDark ? '#8a4a34' : '#e8a58c',
        pending: palette.star,
        next: isDark ? '#6d7a99' : '#b4bac8',
        other: isDark ? '#46506a' : '#d6d9e0',
      };
      const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
      const name = (id: string | undefined) => escaped(nodes.get(id ?? '')?.name ?? id ?? '');
      const columns = graph.nodes.some((node) => node.column !== undefined);
      return {
        tooltip: { trigger: 'item' },
        series: [
          {
            type: 'sankey',
            left: 8,
            right: 150,
            nodeAlign: 'left',
            top: 10,
            bottom: 10,
            nodeWidth: 12,
            nodeGap: columns ? 16 : 22,
            draggable: false,
            silent: false,
            cursor: canChoose ? 'pointer' : 'default',
            emphasis: { focus: 'adjacency' },
            lineStyle: { color: 'source', opacity: 0.45, curveness: 0.5 },
            label: {
              color: palette.ink,
              fontSize: 11.5,
              textBorderColor: palette.card,
              textBorderWidth: 3,
              formatter: ({ name: id }: { name: string }) => {
                const node = nodes.get(id);
                return node ? `${node.short}  ${format.count(node.size).text}` : id;
              },
            },
            tooltip: {
              formatter: (item: Item) =>
                item.dataType === 'edge'
                  ? `${name(item.data.source)} → ${name(item.data.target)}<br>${format.full(item.value)}${item.data.median === null ? '' : ` · ${format.duration(item.data.median)}`}`
                  : `${name(item.name)}<br>${format.full(nodes.get(item.name)?.size ?? item.value)}`,
            },
            data: graph.nodes.map((node) => ({
              name: node.id,
              itemStyle: { color: colours[node.tone], borderWidth: 0 },
              ...(node.column !== undefined && { depth: node.column }),
            })),
            links: graph.links.filter((link) => link.size > 0).map((link) => ({ source: link.from, target: link.to, value: link.size, median: link.median })),
          },
        ],
      };
    },
    [graph, format, canChoose],
    { on: (item) => choose(item as Item) },
  );

  return <div ref={box} className={styles.chart} style={{ height: heightOf(graph) }} role="img" aria-label={t('flow.chart')} />;
}

/** As high as the fullest column needs; where the links decide on columns, as all nodes do. */
function heightOf({ nodes }: Graph): number {
  const inColumn = new Map<number, number>();
  for (const { column } of nodes) if (column !== undefined) inColumn.set(column, (inColumn.get(column) ?? 0) + 1);
  if (inColumn.size === 0) return Math.max(lowest, nodes.length * rowHeight);
  return Math.max(lowest * 0.75, Math.max(...inColumn.values()) * rowHeight * 1.6);
}

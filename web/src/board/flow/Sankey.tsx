// The flow as a Sankey diagram. A chunk of its own: ECharts is fetched when the
// first one is looked at. Its table twin stands beside it in FlowView.
import { SankeyChart } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow } from '../../api/types';
import { useDark } from '../../app/preferences';
import { dark as night, light } from '../../app/theme';
import { useFormat } from '../../format/useFormat';
import styles from './FlowView.module.css';

register([SankeyChart, TooltipComponent, SVGRenderer]);

interface SankeyProps {
  flow: Flow;
  /** The whole name of a node, and the one that is enough where its place says the rest. */
  label: (node: string) => string;
  short: (node: string) => string;
}

const rowHeight = 26;
const lowest = 460;

export default function Sankey({ flow, label, short }: SankeyProps) {
  const { t } = useTranslation('board');
  const format = useFormat();
  const isDark = useDark();
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const palette = isDark ? night : light;
    const colours: Record<Flow['nodes'][number]['kind'], string> = {
      stage: isDark ? '#5a6fb8' : '#8ea2dd',
      left: isDark ? '#8a4a34' : '#e8a58c',
      pending: palette.star,
      next: isDark ? '#6d7a99' : '#b4bac8',
    };
    const names = new Map(flow.nodes.map((node) => [node.id, label(node.id)]));
    const chart = init(element, undefined, { renderer: 'svg' });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(element).fontFamily },
      tooltip: { trigger: 'item', backgroundColor: palette.card, borderColor: palette.line, textStyle: { color: palette.ink, fontSize: 12 } },
      series: [
        {
          type: 'sankey',
          left: 8,
          right: 150,
          nodeAlign: 'left',
          top: 10,
          bottom: 10,
          nodeWidth: 12,
          nodeGap: 22,
          draggable: false,
          emphasis: { focus: 'adjacency' },
          lineStyle: { color: 'source', opacity: 0.45, curveness: 0.5 },
          label: {
            color: palette.ink,
            fontSize: 11.5,
            textBorderColor: palette.card,
            textBorderWidth: 3,
            formatter: ({ name }: { name: string }) => {
              const node = flow.nodes.find((each) => each.id === name);
              return `${short(name)}  ${format.count(node?.customers ?? null).text}`;
            },
          },
          tooltip: {
            formatter: (item: { dataType?: string; name: string; value: number; data: { source?: string; target?: string; median?: number | null } }) =>
              item.dataType === 'edge'
                ? `${escaped(names.get(item.data.source ?? '') ?? '')} → ${escaped(names.get(item.data.target ?? '') ?? '')}<br>${format.full(item.value)} · ${format.duration(item.data.median)}`
                : `${escaped(names.get(item.name) ?? item.name)}<br>${format.full(item.value)}`,
          },
          data: flow.nodes.map((node) => ({ name: node.id, itemStyle: { color: colours[node.kind], borderWidth: 0 } })),
          links: flow.links.filter((link) => link.customers > 0).map((link) => ({ source: link.from, target: link.to, value: link.customers, median: link.medianSeconds })),
        },
      ],
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [flow, label, short, format, isDark]);

  const height = Math.max(lowest, flow.nodes.length * rowHeight);
  return <div ref={box} className={styles.chart} style={{ height }} role="img" aria-label={t('flow.chart')} />;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

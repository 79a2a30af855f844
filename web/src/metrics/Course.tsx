// The course of a metric: a line with its interval, what may still change dashed, what
// is too old to be known hatched, and the rows of a breakdown labelled at their ends. A chunk of its own: ECharts is
// fetched when the first one is looked at. Its table twin stands below it.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { LabelLayout } from 'echarts/features';
import { use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useTranslation } from 'react-i18next';
import type { MetricAnswer, MetricPoint } from '../api/metric';
import { useFormat } from '../format/useFormat';
import { escaped, useChart } from '../ui/useChart';
import { goneOf, goneShare, hatching, type Box } from './gone';
import { usePeriod } from './usePeriod';
import { useRowName } from './useRowName';
import { useUnit } from './useUnit';
import { secondsAxis } from './model';
import styles from './Metrics.module.css';

register([LineChart, CustomChart, GridComponent, TooltipComponent, LabelLayout, SVGRenderer]);

interface CourseProps {
  answer: MetricAnswer;
  /** The same metric before a change, period by period as in the answer; drawn faint behind it. */
  before?: readonly (number | null)[];
  /** Told which period was pressed; without it nothing can be. */
  onOpen?: (at: number) => void;
  /** What was aimed at by the end of each period, null where nothing was. */
  target?: (number | null)[];
}

/** The fullest rows of a breakdown that are drawn; the table has all. */
const mostRows = 6;

export default function Course({ answer, before, onOpen, target }: CourseProps) {
  const { t } = useTranslation('metrics');
  const { t: shell } = useTranslation('shell');
  const format = useFormat();
  const unit = useUnit(answer.unit);
  const period = usePeriod(answer.grain);
  const rowName = useRowName();
  const gone = goneOf(answer.periods);
  const { keptFrom } = answer.facts;
  const unknown = gone > 0 ? (keptFrom ? shell('kept.unknown', { from: format.date(keptFrom) }) : shell('kept.gone')) : '';

  function tooltip(at: number): string {
    const line = (name: string, point: MetricPoint | undefined) => {
      if (!point) return '';
      if (point.expired) return `<br>${escaped(name)} ${escaped(shell('kept.gone'))}`;
      const bounds = point.low !== null && point.high !== null ? ` (${unit.plain(point.low)}–${unit.plain(point.high)})` : '';
      return `<br>${escaped(name)} <b>${escaped(unit.show(point.value).text)}</b>${escaped(bounds)} · n = ${format.full(point.n)}${point.partial ? ` · ${escaped(t('table.partial'))}` : ''}`;
    };
    const rows = (answer.breakdown ?? []).slice(0, mostRows).map((row) => line(rowName(row.value), row.periods[at]));
    const was = before?.[at] === undefined ? '' : `<br>${escaped(t('before'))} ${escaped(unit.show(before[at] ?? null).text)}`;
    const aim = target?.[at] ?? null;
    const aimed = aim === null ? '' : `<br>${escaped(t('target'))} ${escaped(unit.show(aim).text)}`;
    return escaped(period(answer.periods[at]?.from ?? '')) + line(answer.breakdown ? t('table.all') : '', answer.periods[at]) + was + rows.join('') + aimed;
  }

  const box = useChart(
    ({ palette, isDark }) => {
      const hues = isDark ? ['#8ea2f0', '#4cc2ad', '#e2b556', '#d68bc0', '#f08a63', '#98a1b5'] : ['#4f6bd8', '#0e7c6b', '#b9862a', '#b0549b', '#c2481f', '#8a93a6'];
      const rows = answer.breakdown?.slice(0, mostRows);
      const lines = rows
        ? rows.map((row, i) => ({ name: rowName(row.value), points: row.periods, hue: hues[i] ?? palette.muted }))
        : [{ name: '', points: answer.periods, hue: palette.ink }];
      return {
        grid: { left: 8, right: rows ? 120 : target ? 56 : 16, top: 14, bottom: 6, containLabel: true },
        tooltip: { trigger: 'axis', formatter: (items: { dataIndex: number }[]) => tooltip(items[0]?.dataIndex ?? 0) },
        xAxis: {
          type: 'category',
          boundaryGap: false,
          data: answer.periods.map((point) => period(point.from)),
          axisLabel: { hideOverlap: true, showMinLabel: true, showMaxLabel: true, alignMinLabel: 'left', alignMaxLabel: 'right' },
        },
        yAxis: {
          type: 'value',
          scale: answer.unit === '',
          ...(answer.unit === 's' && secondsAxis([answer.periods, ...(rows ?? []).map((row) => row.periods)].flat())),
          axisLabel: { formatter: (value: number) => (value === 0 && answer.unit === 's' ? '0' : unit.plain(value)) },
        },
        series: [
          ...(gone > 0 ? [goneSeries(answer.periods.length, gone, palette.line)] : []),
          ...(rows ? [] : [bandOf(answer.periods, palette.muted)]),
          ...(before ? [{ type: 'line', symbol: 'none', silent: true, data: [...before], lineStyle: { color: palette.muted, width: 1.5, type: 'dotted' } }] : []),
          ...lines.flatMap(({ name, points, hue }) => seriesOf(name, points, hue, palette.card)),
          ...(target ? [targetOf(target, t('target'), palette.star)] : []),
        ],
      };
    },
    // unit, period and rowName follow from the answer and the language, which format stands for
    [answer, before, target, format],
    {
      at: (chart, x, y) => {
        const at = chart.convertFromPixel({ gridIndex: 0 }, [x, y])[0];
        if (at !== undefined && chart.containPixel('grid', [x, y])) onOpen?.(Math.round(at));
      },
    },
  );

  return (
    <div className={styles.chart}>
      <div ref={box} className={styles.plot} role="img" aria-label={unknown ? `${t('chart')}. ${unknown}` : t('chart')} />
      {unknown && (
        <p className={styles.legend}>
          <i aria-hidden="true" />
          {unknown}
        </p>
      )}
    </div>
  );
}

/** A row: what is over as a line, and dashed from there on what may still change. */
function seriesOf(name: string, points: MetricPoint[], hue: string, card: string) {
  const lastOver = points.findLastIndex((point) => !point.partial);
  const over = points.map(({ value, partial }) => (partial ? null : value));
  const still = points.map(({ value, partial }, at) => (partial || at === lastOver ? value : null));
  const end = points.findLastIndex((point) => point.value !== null);
  const line = { type: 'line', symbol: 'circle', symbolSize: 5, showSymbol: points.length < 40, itemStyle: { color: hue, borderColor: card }, connectNulls: false, labelLayout: { moveOverlap: 'shiftY' } };
  const label = { show: name !== '', formatter: name, color: hue, fontSize: 11, distance: 6, width: 110, overflow: 'truncate' };
  return [
    { ...line, data: over, lineStyle: { color: hue, width: 2 }, endLabel: lastOver === end ? label : { show: false } },
    ...(lastOver < points.length - 1 ? [{ ...line, data: still, lineStyle: { color: hue, width: 2, type: 'dashed' }, endLabel: lastOver === end ? { show: false } : label }] : []),
  ];
}

/** The oldest periods, of which nothing is known any more, hatched from the foot of the chart to its head. */
function goneSeries(periods: number, gone: number, hue: string) {
  return {
    type: 'custom',
    silent: true,
    z: 0, // behind the lines of the axis
    data: Array.from({ length: periods }, (_, at) => [at]), // a place for each, as in the other series
    encode: { x: 0 },
    renderItem: ({ dataIndex, coordSys }: { dataIndex: number; coordSys: Box }) =>
      dataIndex === 0 ? hatching({ ...coordSys, width: coordSys.width * goneShare(periods, gone) }, hue) : null,
  };
}

/** What was aimed at: a dashed line with its name at the end. */
function targetOf(target: (number | null)[], name: string, hue: string) {
  return { type: 'line', silent: true, symbol: 'none', data: target, lineStyle: { color: hue, width: 1.5, type: 'dashed' }, itemStyle: { color: hue }, endLabel: { show: true, formatter: name, color: hue, fontSize: 11, distance: 6 } };
}

/** The 95 % intervals as a band behind the line. */
function bandOf(points: MetricPoint[], hue: string) {
  return {
    type: 'custom',
    silent: true,
    // Every point with the ends of its interval, which the axis has to leave room for.
    data: points.map(({ low, high }, at) => [at, low ?? '-', high ?? '-']),
    encode: { x: 0, y: [1, 2] },
    renderItem: (params: { dataIndex: number }, at: { coord: (of: [number, number]) => [number, number] }) => {
      const [before, now] = [points[params.dataIndex], points[params.dataIndex + 1]];
      if (!before || !now || before.low === null || before.high === null || now.low === null || now.high === null) return null;
      const i = params.dataIndex;
      return {
        type: 'polygon',
        shape: { points: [at.coord([i, before.high]), at.coord([i + 1, now.high]), at.coord([i + 1, now.low]), at.coord([i, before.low])] },
        style: { fill: hue, opacity: 0.16 },
      };
    },
  };
}

// A move as a waterfall: the number before, what each piece added or took, the
// number after. Upright on a wide screen, lying on a phone, where names have more
// room than bars. A chunk of its own, as every chart; its table twin stands below it.
import { CustomChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../api/tree';
import { usePhone } from '../app/preferences';
import type { Palette } from '../app/theme';
import { useFormat } from '../format/useFormat';
import { escaped, useChart } from '../ui/useChart';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { barsOf, floorOf, goodnessOf, piecesOf, type Bar } from './model';
import { useMove } from './useMove';
import { usePieceName } from './usePieceName';
import styles from './Why.module.css';

register([CustomChart, GridComponent, TooltipComponent, SVGRenderer]);

interface WaterfallProps {
  explanation: Explanation;
  /** byFormula, or the where key of a dimension. */
  cut: string;
}

export default function Waterfall({ explanation, cut }: WaterfallProps) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const unit = useUnit(explanation.unit);
  const move = useMove(explanation.unit);
  const period = usePeriod(explanation.grain);
  const nameOf = usePieceName();
  const lies = usePhone();
  const { before, after, good } = explanation;
  const bars = barsOf(before.value ?? 0, after.value ?? 0, piecesOf(explanation, cut));
  const floor = floorOf(bars);
  const height = lies ? 40 + bars.length * 44 : 300;

  const label = ({ piece, to }: Bar) => (typeof piece === 'string' ? unit.plain(to) : move.arrow(piece.change));
  const name = ({ piece }: Bar) => (piece === 'before' ? period(before.from) : piece === 'after' ? period(after.from) : nameOf(piece));
  const words = (at: number): string => {
    const bar = bars[at];
    if (!bar) return '';
    const told = typeof bar.piece === 'string' ? `${unit.show(bar.to).full} · n = ${format.full((bar.piece === 'before' ? before : after).n)}` : move.exact(bar.piece.change, explanation.decimals);
    return `${escaped(name(bar))}<br><b>${escaped(told)}</b>`;
  };

  const box = useChart(
    ({ palette, face, element }) => {
      const colourOf = (bar: Bar) => (typeof bar.piece === 'string' ? palette.ink : colour(element, bar.piece.change, good, palette));
      const names = { type: 'category', data: bars.map(name), axisLine: { show: !lies }, axisLabel: { interval: 0, width: lies ? 96 : 130, overflow: 'break', lineHeight: 14 } };
      const values = { type: 'value', min: floor, max: ceilingOf(bars), axisLabel: { show: false }, splitLine: { show: false } };
      return {
        grid: lies ? { left: 104, right: 12 + Math.max(...bars.map((bar) => widthOf(label(bar)))), top: 4, bottom: 4 } : { left: 8, right: 8, top: 26, bottom: 44 },
        tooltip: { trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => words(dataIndex) },
        xAxis: lies ? values : names,
        yAxis: lies ? { ...names, inverse: true } : values,
        series: [
          {
            type: 'custom',
            data: bars.map(({ from, to }, at) => (lies ? [Math.max(from, floor), at, to] : [at, Math.max(from, floor), to])),
            encode: lies ? { x: [0, 2], y: 1 } : { x: 0, y: [1, 2] },
            renderItem: (params: { dataIndex: number }, api: Drawing) => {
              const bar = bars[params.dataIndex];
              if (!bar) return null;
              return drawn(bar, bars[params.dataIndex + 1], params.dataIndex, { api, lies, floor, colour: colourOf(bar), palette, text: label(bar), face });
            },
          },
        ],
      };
    },
    // bars, names and labels follow from the explanation, the cut and the language, which format stands for
    [explanation, cut, format, lies],
  );

  return (
    <>
      <div ref={box} className={styles.chart} style={{ height }} role="img" aria-label={t('chart.label')} />
      {floor > 0 && <p className={styles.small}>{t('chart.floor', { floor: unit.plain(floor) })}</p>}
    </>
  );
}

/** About how wide a label is, in pixels: what is Han is as wide as it is high. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? 12 : 7.5), 0);
}

interface Drawing {
  coord: (of: [number, number]) => [number, number];
  size: (of: [number, number]) => [number, number];
}

interface Look {
  api: Drawing;
  lies: boolean;
  floor: number;
  colour: string;
  palette: Palette;
  text: string;
  face: string; // of the letters around the chart
}

/** A bar with its label at the end it moves to, and a line to where the next one begins. */
function drawn({ piece, from, to }: Bar, next: Bar | undefined, at: number, { api, lies, floor, colour, palette, text, face }: Look) {
  const point = (value: number, place: number) => (lies ? api.coord([value, place]) : api.coord([place, value]));
  const thick = Math.min(lies ? 22 : 64, (lies ? api.size([0, 1])[1] : api.size([1, 0])[0]) * 0.62);
  const [start, end] = [point(Math.max(from, floor), at), point(to, at)];
  const [near, far] = lies ? [start[0], end[0]] : [start[1], end[1]];
  const long = Math.max(2, Math.abs(far - near)); // a piece of nothing is still seen
  const low = Math.min(near, far);
  const shape = lies ? { x: low, y: start[1] - thick / 2, width: long, height: thick } : { x: start[0] - thick / 2, y: low, width: thick, height: long };
  const isTotal = typeof piece === 'string';
  const high = lies ? Math.max(start[0], end[0]) : low;
  const children: object[] = [
    { type: 'rect', shape: { ...shape, r: isTotal ? 0 : 2 }, style: { fill: colour } },
    {
      type: 'text',
      silent: true,
      style: {
        text,
        fill: isTotal ? palette.ink : colour,
        font: `600 12px ${face}`,
        ...(lies ? { x: high + 6, y: start[1], verticalAlign: 'middle' } : { x: start[0], y: high - 6, align: 'center', verticalAlign: 'bottom' }),
      },
    },
  ];
  if (next) {
    const [a, b] = [point(to, at), point(to, at + 1)];
    const line = lies ? { x1: a[0], y1: a[1] + thick / 2, x2: b[0], y2: b[1] - thick / 2 } : { x1: a[0] + thick / 2, y1: a[1], x2: b[0] - thick / 2, y2: b[1] };
    children.push({ type: 'line', silent: true, shape: line, style: { stroke: palette.muted, lineWidth: 1, lineDash: [2, 3] } });
  }
  if (isTotal && floor > 0) {
    // The foot of a bar that does not stand on zero is cut.
    const [x, y] = point(floor, at);
    const cut = lies ? [[x + 5, y - thick / 2 - 2], [x + 9, y - thick / 2 - 2], [x + 5, y + thick / 2 + 2], [x + 1, y + thick / 2 + 2]] : [[x - thick / 2 - 2, y - 4], [x + thick / 2 + 2, y - 9], [x + thick / 2 + 2, y - 5], [x - thick / 2 - 2, y]];
    children.push({ type: 'polygon', silent: true, shape: { points: cut }, style: { fill: palette.card } });
  }
  return { type: 'group', children };
}

/** The colour of a change: by what is good, or by direction where the workspace wants that, as beside every other number. */
function colour(element: HTMLElement, change: number, good: Explanation['good'], palette: Palette): string {
  const style = getComputedStyle(element);
  const colours = element.closest<HTMLElement>('[data-colors]')?.dataset.colors;
  const variable = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  if (change === 0) return palette.muted;
  if (colours === 'redUp' || colours === 'greenUp') {
    return change > 0 === (colours === 'redUp') ? variable('--red', palette.fall) : variable('--green', palette.rise);
  }
  const goodness = goodnessOf(change, good);
  return goodness === 'neutral' ? palette.muted : goodness === 'better' ? palette.rise : palette.fall;
}

/** Room above the highest bar for its label. */
function ceilingOf(bars: Bar[]): number {
  const high = Math.max(...bars.flatMap(({ from, to }) => [from, to]), 0);
  return high === 0 ? 0 : high;
}

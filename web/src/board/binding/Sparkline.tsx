/**
 * The weekly course of a count: a line without axes, for size and shape at a
 * glance. The last week ends with the newest event and still grows, so the way
 * to it is faint and dashed: it is not a fall.
 */
export function Sparkline({ weekly, label, width = 72, height = 18 }: { weekly: number[]; label: string; width?: number; height?: number }) {
  const most = Math.max(1, ...weekly);
  const x = (i: number) => (weekly.length < 2 ? width / 2 : (i / (weekly.length - 1)) * (width - 2) + 1);
  const y = (count: number) => height - 2 - (count / most) * (height - 4);
  const points = weekly.map((count, i) => `${x(i).toFixed(1)},${y(count).toFixed(1)}`);
  const line = { fill: 'none', stroke: 'var(--heard)', strokeWidth: 1.4 };
  return (
    <svg width={width} height={height} role="img" aria-label={`${label}: ${weekly.join(', ')}`}>
      {points.length > 2 && <polyline points={points.slice(0, -1).join(' ')} {...line} />}
      {points.length > 1 && <polyline points={points.slice(-2).join(' ')} {...line} strokeDasharray="1.5 1.5" opacity={0.45} />}
      {points.length === 1 && <circle cx={x(0)} cy={y(weekly[0] ?? 0)} r="1.6" fill="var(--heard)" />}
    </svg>
  );
}

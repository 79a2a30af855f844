// A live number: it counts to its new value in 200 ms and glows once. Those who
// prefer less motion see the new value at once.
import { useLayoutEffect, useRef, useState } from 'react';
import { useFormat } from '../format/useFormat';
import styles from './StatNumber.module.css';

const countMillis = 200;

interface StatNumberProps {
  /** null is unknown, which is a value too. */
  value: number | null;
  /** Defaults to the compact count of the reader's language. */
  show?: (value: number) => string;
  className?: string;
}

export function StatNumber({ value, show, className }: StatNumberProps) {
  const format = useFormat();
  const { shown, changes } = useCounting(value);
  const text = shown === null ? format.count(null).text : show ? show(shown) : format.count(shown).text;
  const full = value === null ? undefined : format.full(value);
  return (
    <span
      key={changes} // a new element glows again
      className={[className, changes > 0 ? styles.glow : '', value === null ? styles.unknown : ''].filter(Boolean).join(' ')}
      title={show ? undefined : full}
      data-full={full}
    >
      {text}
    </span>
  );
}

/** How far it has come in the very frame in which the new value is there. */
const firstShare = 1000 / 60 / countMillis;

function useCounting(target: number | null): { shown: number | null; changes: number } {
  const [shown, setShown] = useState(target);
  const [changes, setChanges] = useState(0);
  const goal = useRef(target);
  const reached = useRef(target); // what is shown, for a new value that comes while it still counts

  // Before the browser paints: no frame shows the old value once the new one is known.
  useLayoutEffect(() => {
    if (goal.current === target) return;
    goal.current = target;
    const from = reached.current;
    const show = (value: number | null) => {
      reached.current = value;
      setShown(value);
    };
    setChanges((n) => n + 1);
    if (from === null || target === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      show(target);
      return;
    }
    show(between(from, target, firstShare));
    const start = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(1, firstShare + Math.max(0, now - start) / countMillis);
      show(between(from, target, share));
      if (share < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [target]);

  return { shown, changes };
}

/** Whole numbers stay whole on the way, and move at once. */
function between(from: number, to: number, share: number): number {
  if (share >= 1) return to;
  const way = (to - from) * share;
  if (!Number.isInteger(from) || !Number.isInteger(to)) return from + way;
  return from + (way < 0 ? Math.floor(way) : Math.ceil(way));
}

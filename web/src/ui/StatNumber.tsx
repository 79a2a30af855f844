// A live number: it counts to its new value in 200 ms and glows once. Those who
// prefer less motion see the new value at once.
import { useEffect, useRef, useState } from 'react';
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

function useCounting(target: number | null): { shown: number | null; changes: number } {
  const [shown, setShown] = useState(target);
  const [changes, setChanges] = useState(0);
  const settled = useRef(target);

  useEffect(() => {
    const from = settled.current;
    if (from === target) return;
    settled.current = target;
    setChanges((n) => n + 1);
    if (from === null || target === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setShown(target);
      return;
    }
    const start = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(1, Math.max(0, (now - start) / countMillis));
      setShown(share === 1 ? target : between(from, target, share));
      if (share < 1) frame = requestAnimationFrame(step);
    });
    return () => {
      cancelAnimationFrame(frame);
      setShown(target);
    };
  }, [target]);

  return { shown, changes };
}

/** Whole numbers stay whole on the way. */
function between(from: number, to: number, share: number): number {
  const value = from + (to - from) * share;
  return Number.isInteger(from) && Number.isInteger(to) ? Math.round(value) : value;
}

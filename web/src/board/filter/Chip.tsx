import { Popover } from 'antd';
import { useState, type ReactNode } from 'react';
import styles from './FilterBar.module.css';

interface ChipProps {
  name: string;
  value: string;
  set: boolean; // differs from the usual
  children: (close: () => void) => ReactNode;
}

/** One filter: its value on a button, its choices behind it. */
export function Chip({ name, value, set, children }: ChipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomLeft" destroyOnHidden content={<div className={styles.choices}>{children(() => setOpen(false))}</div>}>
      <button type="button" className={styles.chip} data-set={set} aria-expanded={open} title={value}>
        <i>{name}</i>
        <span>{value}</span>
      </button>
    </Popover>
  );
}

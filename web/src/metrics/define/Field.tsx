// A field of the form: its label, what it means, and what is wrong with it.
import { useId, type ReactNode } from 'react';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

interface Wiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface FieldProps {
  /** The path in the definition whose faults are shown here. */
  path: string;
  label: ReactNode;
  hint?: ReactNode;
  /** At the end of the label's line. */
  extra?: ReactNode;
  /** Of several controls: they are a group and the label is its name. */
  group?: boolean;
  /** Faults are shown by the control itself. */
  own?: boolean;
  className?: string;
  children: (wiring: Wiring) => ReactNode;
}

export function Field({ path, label, hint, extra, group = false, own = false, className, children }: FieldProps) {
  const id = useId();
  const faults = useDefine().faultsAt(path);
  const wrong = faults.length > 0;
  const described = [hint !== undefined && `${id}-hint`, wrong && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  const classes = [styles.field, className].filter(Boolean).join(' ');
  const inside = (
    <>
      <span className={styles.head}>
        {group ? <span id={`${id}-label`} className={styles.label}>{label}</span> : <label htmlFor={id} className={styles.label}>{label}</label>}
        {extra}
      </span>
      {children({ id, 'aria-describedby': described, 'aria-invalid': wrong || undefined })}
      {hint !== undefined && <p id={`${id}-hint`} className={styles.hint}>{hint}</p>}
      {wrong && !own && <Faults id={`${id}-fault`} faults={faults} />}
    </>
  );
  if (!group) return <div className={classes} data-faulty={wrong}>{inside}</div>;
  return <div className={classes} data-faulty={wrong} role="group" aria-labelledby={`${id}-label`} aria-describedby={described}>{inside}</div>;
}

export function Faults({ id, faults }: { id?: string; faults: readonly { message: string }[] }) {
  if (faults.length === 0) return null;
  return (
    <ul id={id} className={styles.faults}>
      {faults.map(({ message }, i) => (
        <li key={i}>{message}</li>
      ))}
    </ul>
  );
}

// A text that is edited where it stands: a click or F2 opens it, Enter keeps,
// Escape leaves it as it was.
import { useEffect, useRef, useState } from 'react';
import styles from './InPlace.module.css';

interface InPlaceProps {
  value: string;
  label: string;
  onSave: (text: string) => void;
  /** Open from outside; onClose is told when it is done, and whether by Enter or Escape. */
  open?: boolean;
  onClose?: (byKey: boolean) => void;
  multiline?: boolean;
  placeholder?: string;
  className?: string;
}

export function InPlace({ value, label, onSave, open = false, onClose, multiline = false, placeholder, className }: InPlaceProps) {
  const [own, setOwn] = useState(false);
  const editing = open || own;
  const close = (byKey: boolean) => {
    setOwn(false);
    onClose?.(byKey);
  };
  if (editing) {
    return (
      <Field
        value={value}
        label={label}
        multiline={multiline}
        className={className}
        onDone={(text, byKey) => {
          close(byKey);
          if (text !== null && text !== value) onSave(text);
        }}
      />
    );
  }
  return (
    <button type="button" className={`${styles.text} ${className ?? ''}`} title={label} aria-label={`${label}: ${value || (placeholder ?? '')}`} onClick={() => setOwn(true)}>
      {value || <span className={styles.placeholder}>{placeholder}</span>}
    </button>
  );
}

interface FieldProps {
  value: string;
  label: string;
  multiline: boolean;
  className?: string;
  onDone: (text: string | null, byKey: boolean) => void;
}

function Field({ value, label, multiline, className, onDone }: FieldProps) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const done = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const finish = (text: string | null, byKey: boolean) => {
    if (done.current) return; // Enter also blurs
    done.current = true;
    onDone(text, byKey);
  };
  const shared = {
    ref: field,
    defaultValue: value,
    'aria-label': label,
    className: `${styles.field} ${className ?? ''}`,
    maxLength: 400,
    onBlur: () => finish(field.current?.value.trim() ?? null, false),
    onKeyDown: (event: React.KeyboardEvent) => {
      event.stopPropagation();
      // Enter that confirms a Chinese composition is not Enter.
      if (event.nativeEvent.isComposing) return;
      if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        finish(field.current?.value.trim() ?? null, true);
      }
      if (event.key === 'Escape') finish(null, true);
    },
  };
  return multiline ? <textarea {...shared} rows={3} /> : <input {...shared} />;
}

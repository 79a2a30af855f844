// `?` shows the keys of the screen one is on. Screens announce theirs with useKeys.
import { Modal } from 'antd';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './KeyboardHelp.module.css';

export interface KeyHint {
  keys: string[]; // as pressed: ["h", "l"]
  /** What they do, in the reader's language. */
  does: string;
}

const announced = new Map<symbol, KeyHint[]>();
const listeners = new Set<() => void>();
let snapshot: KeyHint[] = [];

function publish(): void {
  snapshot = [...announced.values()].flat();
  for (const listener of listeners) listener();
}

/** useKeys adds a screen's keys to the help for as long as the screen is shown. */
export function useKeys(hints: KeyHint[]): void {
  const text = JSON.stringify(hints);
  useEffect(() => {
    const id = Symbol('keys');
    announced.set(id, JSON.parse(text) as KeyHint[]);
    publish();
    return () => {
      announced.delete(id);
      publish();
    };
  }, [text]);
}

/** isTyping: a key belongs to the field it is pressed in; a box that is ticked takes no text. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement) || target.matches('input[type="checkbox"]')) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export function KeyboardHelp() {
  const { t } = useTranslation('shell');
  const [open, setOpen] = useState(false);
  const hints = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event)) setOpen(true);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);

  const everywhere: KeyHint[] = [
    { keys: ['?'], does: t('keys.help') },
    { keys: ['Tab'], does: t('keys.tab') },
    { keys: ['Esc'], does: t('keys.escape') },
  ];
  return (
    <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t('keys.title')} destroyOnHidden>
      <dl className={styles.keys}>
        {[...hints, ...everywhere].map((hint) => (
          <div key={hint.keys.join(' ') + hint.does}>
            <dt>
              {hint.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{hint.does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

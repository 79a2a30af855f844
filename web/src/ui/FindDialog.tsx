import { Input, Modal } from 'antd';
import { useState } from 'react';
import styles from './FindDialog.module.css';

/** Something that can be found: by its name, by what is shown beside it, and by more words that are not shown. */
export interface Findable {
  key: string;
  name: string;
  detail: string;
  also?: string;
}

interface FindDialogProps<Item extends Findable> {
  items: Item[];
  title: string;
  /** What one may write, which is the field's name too. */
  placeholder: string;
  /** Said where nothing is found. */
  nothing: string;
  /** Called once the dialog was told to close. */
  onGo: (item: Item) => void;
  onClose: () => void;
}

/** Lists what is found while one writes; the arrows choose one of it, Enter or a click goes there. */
export function FindDialog<Item extends Findable>({ items, title, placeholder, nothing, onGo, onClose }: FindDialogProps<Item>) {
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const wanted = search.trim().toLowerCase();
  const found = items.filter(({ name, detail, also = '' }) => `${name} ${detail} ${also}`.toLowerCase().includes(wanted));
  const goTo = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    onGo(item);
  };
  return (
    <Modal open footer={null} title={title} onCancel={onClose} width={480}>
      <Input
        autoFocus
        allowClear
        value={search}
        aria-label={placeholder}
        placeholder={placeholder}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setActive(Math.min(found.length - 1, active + 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
          else if (event.key === 'Enter') goTo(found[active]);
          else return;
          event.preventDefault();
        }}
      />
      <ul className={styles.found}>
        {found.map((item, i) => (
          <li key={item.key} data-active={i === active}>
            <button type="button" onClick={() => goTo(item)}>
              {item.name} <small>{item.detail}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{nothing}</p>}
    </Modal>
  );
}

// Chooses one event among those really seen, with how often and the weekly
// course of each.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { EventName } from '../../api/types';
import { useFormat } from '../../format/useFormat';
import { useSteady } from '../../ui/useSteady';
import { Sparkline } from './Sparkline';
import styles from './Binding.module.css';

const shownAtOnce = 60;

interface EventPickerProps {
  /** null: any event; undefined: none chosen yet. */
  value: string | null | undefined;
  onChange: (event: string | null) => void;
}

export function EventPicker({ value, onChange }: EventPickerProps) {
  const { t } = useTranslation('board');
  const [open, setOpen] = useState(value === undefined);
  const [picked, setPicked] = useState(false); // the focus goes on with what was chosen
  const { data, isPending } = useQuery({
    queryKey: ['events', 'names'],
    queryFn: ({ signal }) => api.get<{ items: EventName[] }>('/events/names', undefined, signal),
    placeholderData: keepPreviousData,
  });
  const chosen = data?.items.find((event) => event.name === value);

  if (!open) {
    return (
      <button type="button" autoFocus={picked} className={styles.chosen} onClick={() => setOpen(true)} title={t('bind.changeEvent')}>
        <code>{value ?? t('bind.anyEvent')}</code>
        {chosen && <Seen event={chosen} />}
        {typeof value === 'string' && data && !chosen && <em>{t('bind.neverSeen')}</em>}
        <span className="visually-hidden">{t('bind.changeEvent')}</span>
      </button>
    );
  }
  return (
    <EventList
      seen={data?.items}
      pending={isPending}
      onPick={(event) => {
        onChange(event);
        setPicked(true);
        setOpen(false);
      }}
    />
  );
}

/** An event that was seen; null: any. */
type Option = EventName | null;

const keyOf = (option: Option) => (option ? `${option.type}/${option.name}` : 'any');

interface EventListProps {
  seen: EventName[] | undefined;
  pending: boolean;
  onPick: (event: string | null) => void;
}

/** The list while it is open. How often each was seen goes on counting; no row moves for it. */
function EventList({ seen, pending, onPick }: EventListProps) {
  const { t } = useTranslation('board');
  const id = useId();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const all = useSteady<Option>(useMemo(() => (pending ? [] : [...(seen ?? []), null]), [pending, seen]), keyOf);
  const options = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const found = all.filter((option) => (option ? option.name.toLowerCase().includes(wanted) : wanted === ''));
    return found.filter((option, i) => option === null || i < shownAtOnce);
  }, [all, search]);

  const pick = (option: Option | undefined) => {
    if (option !== undefined) onPick(option?.name ?? null);
  };
  const move = (by: number) => {
    const next = Math.max(0, Math.min(options.length - 1, active + by));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className={styles.picker}>
      <Input
        autoFocus
        allowClear
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={options.length > 0 ? `${id}-${active}` : undefined}
        aria-label={t('bind.search')}
        placeholder={t('bind.search')}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            move(event.key === 'ArrowDown' ? 1 : -1);
          }
          if (event.key === 'Enter') {
            event.preventDefault();
            pick(options[active]);
          }
        }}
      />
      <div id={id} ref={list} role="listbox" aria-label={t('bind.seen')} className={styles.events}>
        {options.map((option, i) => (
          // The keys of an option are those of the combobox above it.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={keyOf(option)}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            onMouseEnter={() => setActive(i)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(option)}
          >
            <code>{option?.name ?? t('bind.anyEvent')}</code>
            {option && <Seen event={option} />}
          </div>
        ))}
      </div>
      {seen && options.length === 0 && <p className={styles.note}>{t(seen.length === 0 ? 'bind.nothingSeen' : 'bind.noMatch')}</p>}
    </div>
  );
}

function Seen({ event }: { event: EventName }) {
  const { t } = useTranslation('board');
  const format = useFormat();
  return (
    <span className={styles.seen}>
      <Sparkline weekly={event.weekly} label={t('bind.weekly', { event: event.name })} />
      <span title={format.full(event.count)}>{t('bind.count', { shown: format.count(event.count).text })}</span>
      <small>{t('bind.last', { when: format.date(event.last) })}</small>
    </span>
  );
}

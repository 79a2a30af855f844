import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TimelineEvent } from '../api/types';
import { useFormat } from '../format/useFormat';
import { JsonView } from '../ui/JsonView';
import styles from './Customers.module.css';

interface TimelineRowProps {
  event: TimelineEvent;
  /** The day, above the first event of it. */
  day: string | null;
  /** Whose event it is, on an account's page. */
  person: string | null;
  /** Where a journey counted it. */
  mark: string | undefined;
  open: boolean;
  onToggle: () => void;
  position: number;
  /** How many there are, −1 while more can be fetched. */
  size: number;
}

export function TimelineRow({ event, day, person, mark, open, onToggle, position, size }: TimelineRowProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const details = { properties: event.properties, traits: event.traits, context: event.context };
  return (
    <article aria-posinset={position} aria-setsize={size} aria-label={`${event.event} ${format.dateTime(event.timestamp)}`}>
      {day !== null && <h3 className={styles.day}>{day}</h3>}
      <div className={styles.event} data-counted={mark !== undefined}>
        <time dateTime={event.timestamp}>{format.time(event.timestamp)}</time>
        <button type="button" className={styles.name} aria-expanded={open} onClick={onToggle}>
          {event.event || t(`timeline.type.${event.type}`, { defaultValue: event.type })}
        </button>
        {event.type !== 'track' && <Tag>{event.type}</Tag>}
        {mark !== undefined && (
          <span className={styles.mark}>
            <span aria-hidden="true">★</span> <span className="visually-hidden">{t('counted.mark')}</span> {mark}
          </span>
        )}
        <span className={styles.facts}>
          {person !== null && <span>{person}</span>}
          {event.channel !== null && <span>{event.channel}</span>}
          {event.value !== null && <b>{event.currency ? format.money(event.value, event.currency).full : format.full(event.value)}</b>}
          <span>{event.source}</span>
        </span>
      </div>
      {open && (
        <div className={styles.details}>
          <p className={styles.small}>
            {format.dateTime(event.timestamp)} · messageId <code>{event.messageId}</code> · #{event.seq}
          </p>
          <JsonView value={withoutNothing(details)} label={t('timeline.details', { event: event.event })} />
        </div>
      )}
    </article>
  );
}

function withoutNothing(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
}

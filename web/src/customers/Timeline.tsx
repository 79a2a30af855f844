// Everything that happened, newest first. Rows exist only where one looks
// (virtualised), and pages are fetched as one scrolls down, so that a hundred
// thousand events are as light as a hundred.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Button, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TimelineEvent, Trace } from '../api/types';
import { useFormat } from '../format/useFormat';
import { Card } from '../ui/Card';
import { EmptyState, ErrorState, RowsSkeleton } from '../ui/States';
import { eventNamesQuery, timelineQuery, type Who } from './queries';
import { TimelineRow } from './TimelineRow';
import { useStepNames } from './useStepNames';
import styles from './Customers.module.css';

/** A counted event to show; nonce makes asking twice two wishes. */
export interface Seek {
  seq: number;
  at: string;
  nonce: number;
}

interface TimelineProps {
  who: Who;
  /** All events of the customer, as the server counts them now. */
  total: number;
  event: string | undefined;
  onEvent: (event: string | undefined) => void;
  counted: Trace['events'];
  journey: string | undefined;
  seek: Seek | null;
}

const rowHeight = 44;
const ahead = 40; // rows before the end at which the next page is fetched

export function Timeline({ who, total, event, onEvent, counted, journey, seek }: TimelineProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const client = useQueryClient();
  const scroller = useRef<HTMLDivElement>(null);
  const [totalThen, setTotalThen] = useState(total);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const { data: names } = useQuery(eventNamesQuery);
  const timeline = useInfiniteQuery(timelineQuery(who, event));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = timeline;
  const events = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const marks = useMarks(counted, journey);

  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => events[index]?.seq ?? index,
    overscan: 12,
  });
  const rows = virtual.getVirtualItems();
  const lastShown = rows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= events.length - ahead) void fetchNextPage();
  }, [lastShown, events.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  // A counted event may lie far below what was fetched so far: fetch down to it, then show it.
  useEffect(() => {
    if (!seek || events.length === 0) return;
    const index = events.findIndex((one) => one.seq === seek.seq);
    if (index >= 0) {
      virtual.scrollToIndex(index, { align: 'center' });
      setOpen((before) => new Set(before).add(seek.seq));
    } else if (hasNextPage && !isFetchingNextPage && (events.at(-1)?.timestamp ?? '') >= seek.at) {
      void fetchNextPage();
    }
    // The virtualizer is one object for life.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [seek, events, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const reload = () => {
    setTotalThen(total);
    void client.resetQueries({ queryKey: ['timeline', who.of, who.id] });
  };
  const toggle = (seq: number) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(seq)) after.add(seq);
      return after;
    });

  return (
    <Card
      className={styles.timeline}
      title={t('timeline.title')}
      extra={
        <div className={styles.tools}>
          {total > totalThen && (
            <Button size="small" onClick={reload}>
              {t('timeline.newer', { count: total - totalThen, shown: format.full(total - totalThen) })}
            </Button>
          )}
          <Select<string>
            size="small"
            className={styles.eventFilter}
            allowClear
            showSearch
            aria-label={t('timeline.filter')}
            placeholder={t('timeline.filter')}
            value={event}
            options={(names?.items ?? []).map((one) => ({ value: one.name, label: one.name }))}
            onChange={(value: string | undefined) => onEvent(value)}
          />
        </div>
      }
    >
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton />
      ) : events.length === 0 ? (
        <EmptyState title={event ? t('timeline.noneOf', { event }) : t('timeline.none')} />
      ) : (
        <div
          ref={scroller}
          className={styles.scroller}
          role="feed"
          aria-busy={isFetchingNextPage}
          aria-label={t('timeline.title')}
          // A region that scrolls has to be reachable without a mouse.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
        >
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {rows.map((row) => {
              const one = events[row.index];
              if (!one) return null;
              return (
                <div
                  key={row.key}
                  ref={virtual.measureElement}
                  data-index={row.index}
                  className={styles.slot}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <TimelineRow
                    event={one}
                    day={startsDay(events[row.index - 1], one, format.date) ? format.date(one.timestamp) : null}
                    person={who.of === 'account' ? one.person : null}
                    mark={marks.get(one.seq)}
                    open={open.has(one.seq)}
                    onToggle={() => toggle(one.seq)}
                    position={row.index + 1}
                    size={hasNextPage ? -1 : events.length}
                  />
                </div>
              );
            })}
          </div>
        </div>
      )}
    </Card>
  );
}

/** Which events were counted, by sequence number, with the names of where. */
function useMarks(counted: Trace['events'], journey: string | undefined): Map<number, string> {
  const name = useStepNames(journey);
  return useMemo(() => new Map(counted.map((event) => [event.seq, name(event.stage, event.step)])), [counted, name]);
}

/** A row opens a new day of the workspace's time zone when the one above it lies on another. */
function startsDay(above: TimelineEvent | undefined, event: TimelineEvent, day: (instant: string) => string): boolean {
  return above === undefined || day(above.timestamp) !== day(event.timestamp);
}

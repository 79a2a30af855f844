// News from the server (GET /api/v1/live) makes what the screens show stale.
import { useEffect, useState } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../api/types';
import type { Area } from './queries';

const facts: Area[] = ['measure', 'journeys', 'metrics', 'customers', 'events', 'quarantine'];
const access: Area[] = ['session', 'workspace', 'members', 'keys', 'audit'];

const staleAfter: Record<LiveEvent['type'], Area[]> = {
  facts,
  definition: ['definitions', 'journeys', 'metrics', 'measure'],
  identity: ['customers', 'measure', 'journeys', 'metrics'],
  access,
  moving: [],
  moved: [],
  anything: ['definitions', ...facts, ...access],
};

/** At most one refresh in this time, however fast events come in. */
const refreshMillis = 1000;

/** createRefresher collects areas and makes them stale together, so that a busy minute is not a thousand questions. */
export function createRefresher(client: QueryClient, millis = refreshMillis) {
  const waiting = new Set<Area>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    hear(event: LiveEvent): void {
      for (const area of staleAfter[event.type] ?? []) waiting.add(area);
      timer ??= setTimeout(() => {
        timer = undefined;
        const areas = [...waiting];
        waiting.clear();
        for (const area of areas) void client.invalidateQueries({ queryKey: [area] });
      }, millis);
    },
    stop(): void {
      clearTimeout(timer);
      timer = undefined;
      waiting.clear();
    },
  };
}

/** A stream that was refused does not come back by itself, as one that broke off does. */
const comeBackMillis = 5000;

/** listen hears the news until the function that it gives is called. What may have been missed is said when it hears again. */
export function listen(hear: (event: LiveEvent) => void): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardBefore = false;
  const open = () => {
    const stream = new EventSource('/api/v1/live');
    source = stream;
    stream.addEventListener('open', () => {
      if (heardBefore) hear({ type: 'anything' });
      heardBefore = true;
    });
    stream.addEventListener('message', (message: MessageEvent<string>) => hear(JSON.parse(message.data) as LiveEvent));
    stream.addEventListener('error', () => {
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(open, comeBackMillis);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** What is said of a move stays for as long as it takes to read, though the move is over sooner. */
const readMillis = 4000;

/** createMoveNotice says when the stores begin to move, and when that is over: told so, or by a stream that is there again. */
export function createMoveNotice(show: (moving: boolean) => void, millis = readMillis) {
  let began: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    hear(event: LiveEvent): void {
      if (event.type === 'moving') {
        clearTimeout(timer);
        began = Date.now();
        show(true);
      } else if (began !== undefined && (event.type === 'moved' || event.type === 'anything')) {
        clearTimeout(timer);
        timer = setTimeout(() => show(false), began + millis - Date.now());
        began = undefined;
      }
    },
    stop: () => clearTimeout(timer),
  };
}

/** useLive listens while the layout is mounted, and tells whether the stores are being moved. */
export function useLive(): { moving: boolean } {
  const client = useQueryClient();
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    const refresher = createRefresher(client);
    const notice = createMoveNotice(setMoving);
    const stop = listen((event) => {
      refresher.hear(event);
      notice.hear(event);
    });
    return () => {
      stop();
      refresher.stop();
      notice.stop();
    };
  }, [client]);
  return { moving };
}

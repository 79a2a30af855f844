package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// The position says from when on events count, so that with that one row older ones are
// gone from every answer, on all shards at once. Their bytes go by the month: once a
// partition lies before the horizon as a whole it is dropped, which reads and writes
// nothing. The engine's own TTL would do so by the clock of each server, so that one
// that is years ahead deletes facts that still count; here a server is told what goes.
//
// A position may turn out not to count (standing.go), and what is dropped does not come
// back. So only a horizon counts for this that was said as long ago as the rows of an
// incomplete load are kept for.

// partitionMicros is how long a partition of events is (migrations/0001.sql).
const partitionMicros = 2592000000000

// expire finds what the chunk's new horizon takes out of the store, and takes it out of
// the chunk. aged is the position before, without it.
func (w *Warehouse) expire(ctx context.Context, before *standing, c warehouse.Chunk) (_ warehouse.Chunk, aged *standing, err error) {
	c, horizon, late := warehouse.Expire(c, before.horizon)
	next := *before
	next.horizon, next.expired = horizon, next.expired+uint64(late)
	if horizon == before.horizon {
		return c, &next, nil
	}
	var events, ids uint64
	text := "SELECT count(), groupBitXor(id_hash) FROM all_events WHERE time < " + micros(instant(horizon)) + " AND " + before.happened()
	if err := w.each(ctx, text, []any{&events, &ids}, func() error { return nil }); err != nil || events == 0 {
		return c, &next, err
	}
	next.messages, next.events, next.ids, next.expired = next.messages-events, next.events-events, next.ids^ids, next.expired+events
	if err := w.span(ctx, &next, &next); err != nil {
		return c, nil, err
	}
	if next.events == 0 {
		next.first, next.last = 0, 0
	}
	return c, &next, nil
}

// Horizon implements warehouse.Warehouse.
func (w *Warehouse) Horizon(ctx context.Context) (h warehouse.Horizon, err error) {
	s, err := w.standing(ctx)
	if err != nil {
		return h, err
	}
	if h.Gone = int64(s.expired); s.horizon != 0 {
		h.From = instant(s.horizon)
	}
	return h, nil
}

// Older implements warehouse.Warehouse.
func (w *Warehouse) Older(ctx context.Context, than time.Time) (events int64, err error) {
	s, err := w.standing(ctx)
	if err != nil {
		return 0, err
	}
	var count uint64
	err = w.each(ctx, "SELECT count() FROM all_events WHERE time < "+micros(than)+" AND "+s.happened(), []any{&count}, func() error { return nil })
	return int64(count), err
}

// dropExpired drops the partitions of events that lie before a horizon which was said
// before an instant, on every shard. Where the tables are replicated one replica tells
// the others.
func (w *Warehouse) dropExpired(ctx context.Context, before time.Time) error {
	s, err := w.standing(ctx)
	if err != nil || s.horizon == 0 {
		return err
	}
	var horizon int64
	text := "SELECT max(time) FROM all_identities WHERE type = " + literal(string(event.Expire)) + " AND received < " + micros(before) + " AND " + s.said()
	if err := w.each(ctx, text, []any{&horizon}, func() error { return nil }); err != nil || horizon <= 0 {
		return err
	}
	for _, shard := range w.shards {
		const text = "SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events' AND toInt64OrNull(partition) < %d"
		rows, err := shard.Query(ctx, fmt.Sprintf(text, horizon/partitionMicros))
		if err != nil {
			return w.failed(ctx, err)
		}
		var id string
		var drops []string
		_, err = eachRow(ctx, rows, []any{&id}, func() error {
			drops = append(drops, "DROP PARTITION ID "+literal(id))
			return nil
		})
		if closed := rows.Close(); err == nil {
			err = closed
		}
		if err == nil && len(drops) > 0 {
			err = shard.Exec(ctx, "ALTER TABLE events "+strings.Join(drops, ", "))
		}
		if err != nil {
			return w.failed(ctx, err)
		}
	}
	return nil
}

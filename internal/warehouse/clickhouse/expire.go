package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/internal/warehouse"
)

// The position says from when on events count, so that with that one row older ones are
// gone from every answer, on all shards at once. Their bytes go by the month: once a
// partition lies before the horizon as a whole it is dropped, which reads and writes
// nothing. Of the month that the horizon lies in they go by the engine's TTL, once a fifth
// of it has expired. An instant of the TTL's is the horizon and no age: ages go by the
// clock of each server, and one that is years ahead would delete what still counts.
//
// A position may turn out not to count (standing.go), and what is let go does not come
// back. So only a horizon counts for this that was seen to stand for as long as the rows
// of an incomplete load are kept for.

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

// stood is a horizon that was seen to stand, since an instant of this program's clock.
type stood struct {
	horizon int64
	since   time.Time
}

// proven is the last horizon that was seen to stand before an instant, 0 where none was.
// now is when it is looked at.
func (w *Warehouse) proven(horizon int64, now, before time.Time) int64 {
	w.write.Lock()
	defer w.write.Unlock()
	// What was said by a load that turned out not to count does not stand any more.
	w.horizons = slices.DeleteFunc(w.horizons, func(h stood) bool { return h.horizon > horizon })
	if n := len(w.horizons); horizon != 0 && (n == 0 || w.horizons[n-1].horizon < horizon) {
		w.horizons = append(w.horizons, stood{horizon, now})
	}
	last := -1
	for i, h := range w.horizons {
		if h.since.Before(before) {
			last = i
		}
	}
	if last < 0 {
		return 0
	}
	w.horizons = w.horizons[last:]
	return w.horizons[0].horizon
}

// letGo lets go of the bytes of what has expired, on every shard, by a horizon that was
// seen to stand before an instant. Where the tables are replicated one replica tells the
// others.
func (w *Warehouse) letGo(ctx context.Context, now, before time.Time) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	horizon := w.proven(s.horizon, now, before)
	if horizon <= w.freed.Load() {
		return nil
	}
	for _, shard := range w.shards {
		if err := dropBefore(ctx, shard, horizon/partitionMicros); err != nil {
			return w.failed(ctx, err)
		}
	}
	if err := w.thin(ctx, horizon); err != nil {
		return err
	}
	w.freed.Store(horizon)
	return nil
}

// removeTTL takes away that of facts which were in these tables before, and are not now.
func (w *Warehouse) removeTTL(ctx context.Context) error {
	for _, shard := range w.shards {
		var has bool
		const text = "SELECT count() > 0 FROM system.tables WHERE database = currentDatabase() AND name = 'events' AND position(create_table_query, ' TTL ') > 0"
		err := shard.QueryRow(ctx, text).Scan(&has)
		if err == nil && has {
			err = shard.Exec(ctx, "ALTER TABLE events REMOVE TTL")
		}
		if err != nil {
			return w.failed(ctx, err)
		}
	}
	return nil
}

// dropBefore drops the partitions before a month from a shard.
func dropBefore(ctx context.Context, shard driver.Conn, month int64) error {
	const text = "SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events' AND toInt64OrNull(partition) < %d"
	rows, err := shard.Query(ctx, fmt.Sprintf(text, month))
	if err != nil {
		return err
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
	if err != nil || len(drops) == 0 {
		return err
	}
	return shard.Exec(ctx, "ALTER TABLE events "+strings.Join(drops, ", "))
}

// thin has the engine delete what has expired of the month that the horizon lies in, where
// that is a fifth of it or more: what is left of the month is written anew.
func (w *Warehouse) thin(ctx context.Context, horizon int64) error {
	month := horizon / partitionMicros * partitionMicros
	var gone, all uint64
	var partition string
	text := fmt.Sprintf("SELECT countIf(time < %d), count(), any(_partition_id) FROM all_events WHERE time >= %d AND time < %d", horizon, month, month+partitionMicros)
	if err := w.cluster.QueryRow(ctx, text).Scan(&gone, &all, &partition); err != nil {
		return w.failed(ctx, err)
	}
	if gone == 0 || gone < all/5 {
		return nil
	}
	for _, shard := range w.shards {
		// As seconds since 1970: what goes goes since ever, and what stays until 2106.
		const text = "ALTER TABLE events MODIFY TTL toDateTime(if(time < %d, 1, 4294967295), 'UTC') SETTINGS materialize_ttl_after_modify = 0"
		if err := shard.Exec(ctx, fmt.Sprintf(text, horizon)); err != nil {
			return w.failed(ctx, err)
		}
	}
	return w.mutate(ctx, "events MATERIALIZE TTL IN PARTITION ID "+literal(partition))
}

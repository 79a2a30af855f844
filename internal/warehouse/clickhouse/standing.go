package clickhouse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"beichen/internal/warehouse"
)

// A chunk goes to several shards, and nothing stores it on all of them or on none.
// So every row has the number of the load that brought it, and it counts if that
// load is known to be complete:
//
//  1. The load's number is written down on the first shard. It is greater than that
//     of any load before.
//  2. Every shard is sent its rows.
//  3. The position is written on the first shard, with the number of the load. That
//     is one row of one insert, so it is there or not: with it, the chunk counts.
//
// Whoever asks reads the position first, and then passes over rows of later loads
// and over those of loads that were written down and never completed. These are few
// (one for each crash or loss of a shard in the middle of a load), and normally
// none, so that a question costs a comparison of one narrow column. The alternatives
// cost more: FINAL of a ReplacingMergeTree sorts and merges whatever is read, and the
// engine's own deduplication of inserts forgets, and knows a chunk by its rows alone,
// which after a crash are cut from the log in another way.
//
// What an incomplete load left behind is never completed: the chunk is stored again
// under a new number. So it does no harm that rows of an insert that was given up
// for lost come to a shard later. Checkpoint removes them.

// standing is what counts of the rows that are stored: at what position, and
// whatever was added up until then.
type standing struct {
	warehouse.Position
	load                  uint32
	refs, accounts        uint32
	messages, events, ids uint64
	first, last, received int64 // microseconds since 1970 UTC
	incomplete            []uint32
}

// standing reads where the cluster stands.
func (w *Warehouse) standing(ctx context.Context) (*standing, error) {
	s, err := w.position(ctx)
	if err != nil {
		return nil, err
	}
	// Once a load is complete no earlier one begins, so what was incomplete then is
	// so for good.
	if known := w.known.Load(); known != nil && known.load == s.load {
		return known, nil
	}
	begun, err := w.begun(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range begun {
		if b.load < s.load {
			s.incomplete = append(s.incomplete, b.load)
		}
	}
	w.known.Store(s)
	return s, nil
}

// position is the standing without the incomplete loads, which must be read after
// it: the next load crosses the one before it out.
func (w *Warehouse) position(ctx context.Context) (*standing, error) {
	var s standing
	rows, err := w.shards[0].Query(ctx, "SELECT load, record, seq, refs, accounts, messages, events, ids, first, last, received FROM position ORDER BY load DESC LIMIT 1")
	if err != nil {
		return nil, w.failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&s.load, &s.Record, &s.Seq, &s.refs, &s.accounts, &s.messages, &s.events, &s.ids, &s.first, &s.last, &s.received); err != nil {
			return nil, w.failed(ctx, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &s, w.failed(ctx, rows.Err())
}

// begunLoad is a load that nothing says the end of.
type begunLoad struct {
	load uint32
	at   time.Time
}

func (w *Warehouse) begun(ctx context.Context) ([]begunLoad, error) {
	rows, err := w.shards[0].Query(ctx, "SELECT load, max(at) FROM loads GROUP BY load HAVING sum(sign) > 0 ORDER BY load")
	if err != nil {
		return nil, w.failed(ctx, err)
	}
	defer rows.Close()
	var all []begunLoad
	for rows.Next() {
		var b begunLoad
		var at int64
		if err := rows.Scan(&b.load, &at); err != nil {
			return nil, w.failed(ctx, err)
		}
		b.at = time.UnixMicro(at)
		all = append(all, b)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return all, w.failed(ctx, rows.Err())
}

// counts is the condition under which a row counts.
func (s *standing) counts() string {
	text := "load <= " + strconv.FormatUint(uint64(s.load), 10)
	if len(s.incomplete) > 0 {
		text += " AND load NOT IN (" + numbers(s.incomplete) + ")"
	}
	return text
}

// numbers writes dense numbers as a list of SQL literals.
func numbers[T uint32 | uint64](of []T) string {
	if len(of) == 0 {
		return "NULL"
	}
	var text strings.Builder
	for i, n := range of {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.FormatUint(uint64(n), 10))
	}
	return text.String()
}

// late is how long after its load an insert may still come to a shard: more than
// any network or server keeps one.
const late = time.Hour

// Checkpoint implements warehouse.Warehouse: it removes what incomplete loads left
// behind. The engine itself has nothing to fold.
func (w *Warehouse) Checkpoint(ctx context.Context) error { return w.sweep(ctx, time.Now().Add(-late)) }

// sweep removes the rows of incomplete loads that began before an instant.
func (w *Warehouse) sweep(ctx context.Context, before time.Time) error {
	s, err := w.position(ctx)
	if err != nil {
		return err
	}
	begun, err := w.begun(ctx)
	if err != nil {
		return err
	}
	var old []uint32
	var crossed []string
	for _, b := range begun {
		if b.load < s.load && b.at.Before(before) {
			old = append(old, b.load)
			crossed = append(crossed, fmt.Sprintf("(%d, -1, %d)", b.load, b.at.UnixMicro()))
		}
	}
	if len(old) == 0 {
		return nil
	}
	for _, shard := range w.shards {
		for _, table := range []string{"refs", "accounts", "events", "identities", "quarantine"} {
			// 2 waits for it on every replica that is there.
			statement := "ALTER TABLE " + table + " DELETE WHERE load IN (" + numbers(old) + ") SETTINGS mutations_sync = 2"
			if err := shard.Exec(ctx, statement); err != nil {
				return w.failed(ctx, err)
			}
		}
	}
	err = w.shards[0].Exec(ctx, "INSERT INTO loads SETTINGS async_insert = 0 VALUES "+strings.Join(crossed, ", "))
	return w.failed(ctx, err)
}

package clickhouse

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// A chunk goes to several shards, and nothing stores it on all of them or on none.
// So every row has the number of the load that brought it, and it counts if that
// load is known to be complete:
//
//  1. The load's number is written down on the first shard. It is greater than that
//     of any load before.
//  2. The position is read: the chunk must have been numbered after it.
//  3. Every shard is sent its rows.
//  4. The position is written on the first shard, with the number of the load and
//     those of earlier ones that never came to this point. That is one row of one
//     insert, so it is there or not: with it, the chunk counts.
//
// Whoever asks reads the position first, and then passes over rows of later loads
// and over those of incomplete ones. These are few (one for each crash or loss of a
// shard in the middle of a load), and normally none, so that a question costs a
// comparison of one narrow column. The alternatives cost more: FINAL of a
// ReplacingMergeTree sorts and merges whatever is read, and the engine's own
// deduplication of inserts forgets, and knows a chunk by its rows alone, which after a
// crash are cut from the log in another way.
//
// What an incomplete load left behind is never completed: the chunk is stored again
// under a new number. So it does no harm that rows of an insert that was given up
// for lost, or a position, come to a shard later. Checkpoint removes such rows.
//
// Several nodes load in turns (warehouse.Turn), and a turn is lost when its holder is
// not heard: a node may sleep between any two of these steps while others load, and go
// on with the next. Of all positions the one with the highest number counts. So
//
//   - a node that sleeps before it has its number reads a position that is up to date;
//     one that sleeps later has a lower number than whoever loads meanwhile, and its
//     position, written after theirs, counts for nothing;
//   - written before theirs and after they have read the one before, it counts until
//     theirs comes, which lists it as incomplete. So a loader proves in the end that it
//     still holds the turn. If it does, nobody had a number above its own before its
//     position stood, and whoever has one later builds on it: the load counts for good.
//     If it does not, nothing is known. The node takes the turn again, reads where the
//     cluster stands, and loads once more after that, be it nothing: what that builds
//     on counts for good. Only then is the log cut (capture/shared.go);
//   - who read such a position and took in what it brought finds the load among the
//     incomplete ones later, and reads everything anew (Since). Until then questions
//     are refused: numbers of ids may have changed hands (standing).

// standing is what counts of the rows that are stored: at what position, and
// whatever was added up until then.
type standing struct {
	load     uint32
	seq      uint64            // of the last message
	nodes    map[string]uint64 // of each node's log, the record up to which it is loaded
	heritage uint64            // that of a folder from before nodes had ids

	refs, accounts        uint32
	messages, events, ids uint64
	first, last, received int64    // microseconds since 1970 UTC
	incomplete            []uint32 // loads before it
	since                 []int64  // when each was first written down as incomplete, likewise
	forgetting            []forgetting
	horizon               int64  // from which on events count, likewise; 0: all do
	expired               uint64 // events that went by it
}

// record is up to where a node's log is loaded.
func (s *standing) record(o Options) uint64 {
	record, known := s.nodes[o.Node]
	if !known && o.Heir {
		return s.heritage
	}
	return record
}

// mark names where the cluster stands to a node.
func (s *standing) mark(o Options) warehouse.Mark {
	return warehouse.Mark{Load: s.load, Seq: s.seq, Record: s.record(o), Refs: s.refs, Accounts: s.accounts}
}

// standing reads where the cluster stands, for a question. What this node knows of
// who has which number must still be so.
func (w *Warehouse) standing(ctx context.Context) (*standing, error) {
	if err := w.Ready(ctx); err != nil {
		return nil, err
	}
	s, err := w.stands(ctx)
	if known := w.taken.Load(); err == nil && known != nil && w.replaces(s, known.load) {
		return nil, fault.Wrap(warehouse.ErrReplaced, fault.Unavailable, "warehouse.replaced", "retryAfter", 1)
	}
	return s, err
}

// stands reads where the cluster stands.
func (w *Warehouse) stands(ctx context.Context) (*standing, error) {
	var s standing
	var forgetting string
	const text = "SELECT load, record, nodes, seq, refs, accounts, messages, events, ids, first, last, received, incomplete, incomplete_since, forgetting, horizon, gone " +
		"FROM position ORDER BY load DESC LIMIT 1"
	rows, err := w.shards[0].Query(ctx, text)
	if err != nil {
		return nil, w.failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		err := rows.Scan(&s.load, &s.heritage, &s.nodes, &s.seq, &s.refs, &s.accounts, &s.messages, &s.events, &s.ids, &s.first, &s.last, &s.received,
			&s.incomplete, &s.since, &forgetting, &s.horizon, &s.expired)
		if err == nil {
			err = w.readForgetting(&s, forgetting)
		}
		if err != nil {
			return nil, w.failed(ctx, err)
		}
	}
	if err := errors.Join(ctx.Err(), w.failed(ctx, rows.Err())); err != nil {
		return nil, err
	}
	for node, record := range s.nodes {
		if _, moving := (warehouse.Position{Record: record}).Step(); moving && node != w.options.Node {
			return nil, fault.New(fault.Invalid, "capture.store-in-making")
		}
	}
	return &s, nil
}

// after is where the cluster stands once a node's load of a chunk is complete. removed
// are incomplete loads that nothing is left of.
func (s *standing) after(load uint32, node string, c warehouse.Chunk, removed map[uint32]bool) *standing {
	next := *s
	next.load, next.seq = load, c.Through.Seq
	next.nodes = map[string]uint64{node: c.Through.Record}
	for other, record := range s.nodes {
		if other != node {
			next.nodes[other] = record
		}
	}
	next.incomplete, next.since = nil, nil
	for i, number := range s.incomplete {
		if !removed[number] {
			next.incomplete, next.since = append(next.incomplete, number), append(next.since, s.since[i])
		}
	}
	for number := s.load + 1; number < load; number++ {
		next.incomplete, next.since = append(next.incomplete, number), append(next.since, time.Now().UnixMicro())
	}
	next.refs += uint32(len(c.Refs))
	next.accounts += uint32(len(c.Accounts))
	if s.events == 0 {
		next.first, next.last = math.MaxInt64, math.MinInt64
	}
	for _, m := range c.Messages {
		next.messages++
		next.received = max(next.received, m.ReceivedAt.UnixMicro())
		if m.Type.IsEvent() {
			next.events++
			next.ids ^= warehouse.IDHash(m.MessageID)
			next.first, next.last = min(next.first, m.Micros()), max(next.last, m.Micros())
		}
	}
	return &next
}

// counts is the condition under which a row counts; forget.go and expire.go have more
// for some tables.
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
// behind, and what has expired. The engine itself has nothing to fold.
func (w *Warehouse) Checkpoint(ctx context.Context) error {
	now := time.Now()
	return errors.Join(w.sweep(ctx, now.Add(-late)), w.letGo(ctx, now, now.Add(-late)))
}

// sweep removes the rows of loads that were known to be incomplete before an instant.
// The next load takes them off the list.
func (w *Warehouse) sweep(ctx context.Context, before time.Time) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	var old []uint32
	for i, number := range s.incomplete {
		if s.since[i] < before.UnixMicro() {
			old = append(old, number)
		}
	}
	if len(old) == 0 {
		return nil
	}
	for _, table := range []string{"refs", "accounts", "events", "identities", "quarantine"} {
		if err := w.mutate(ctx, table+" DELETE WHERE load IN ("+numbers(old)+")"); err != nil {
			return err
		}
	}
	w.write.Lock()
	defer w.write.Unlock()
	for _, number := range old {
		w.removed[number] = true
	}
	return nil
}

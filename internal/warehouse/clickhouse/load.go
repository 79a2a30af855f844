package clickhouse

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"beichen/internal/warehouse"
)

// Position implements warehouse.Warehouse.
func (w *Warehouse) Position(ctx context.Context) (warehouse.Position, error) {
	s, err := w.position(ctx)
	if err != nil {
		return warehouse.Position{}, err
	}
	return s.Position, nil
}

// Load implements warehouse.Warehouse; see standing.go for what makes a chunk count
// on all shards or on none.
func (w *Warehouse) Load(ctx context.Context, c warehouse.Chunk) error {
	w.write.Lock()
	defer w.write.Unlock()
	before, err := w.position(ctx)
	if err != nil {
		return err
	}
	if before.Record != c.After.Record {
		return fmt.Errorf("%w: after record %d, stored %d", warehouse.ErrOutOfStep, c.After.Record, before.Record)
	}
	// What a chunk may be refused for is found before a load begins, and so is a
	// shard that is away: a load that nothing was sent of would be incomplete for
	// no reason.
	if err := check(c); err != nil {
		return w.failed(ctx, err)
	}
	if away := w.away(ctx); len(away) > 0 {
		return w.failed(ctx, w.unreachable(away, fmt.Errorf("no answer")))
	}
	load, err := w.begin(ctx, before)
	if err != nil {
		return err
	}
	if err := w.send(ctx, before, c, load); err != nil {
		return err
	}
	return w.complete(ctx, before, c, load)
}

// storing is a context for rows that must be on disk when the answer comes.
func (w *Warehouse) storing(ctx context.Context) context.Context {
	settings := clickhouse.Settings{
		"async_insert":                    0, // it gathers small inserts and answers for them later
		"max_partitions_per_insert_block": 0, // an import may bring events of many years
	}
	if w.options.Quorum > 0 {
		settings["insert_quorum"] = w.options.Quorum
		settings["insert_quorum_parallel"] = 0 // which select_sequential_consistency asks for
	}
	return clickhouse.Context(ctx, clickhouse.WithSettings(settings))
}

// begin writes down that a load begins, and that the one before it is known to be
// complete. It returns its number.
func (w *Warehouse) begin(ctx context.Context, before *standing) (uint32, error) {
	begun, err := w.begun(ctx)
	if err != nil {
		return 0, err
	}
	batch, err := w.shards[0].PrepareBatch(w.storing(ctx), "INSERT INTO loads (load, sign, at)")
	if err != nil {
		return 0, w.failed(ctx, err)
	}
	defer batch.Close()
	load := before.load
	for _, b := range begun {
		load = max(load, b.load)
		if b.load == before.load {
			if err := batch.Append(b.load, int8(-1), b.at.UnixMicro()); err != nil {
				return 0, w.failed(ctx, err)
			}
		}
	}
	load++
	if err := batch.Append(load, int8(1), time.Now().UnixMicro()); err != nil {
		return 0, w.failed(ctx, err)
	}
	return load, w.failed(ctx, batch.Send())
}

// send stores the rows of a load on all shards at once. It waits for all of them,
// also where one fails: whatever they were told is then over, as far as anybody can
// know.
func (w *Warehouse) send(ctx context.Context, before *standing, c warehouse.Chunk, load uint32) error {
	var sending errgroup.Group
	for i := range w.shards {
		sending.Go(func() error { return w.sendTo(ctx, i, before, c, load) })
	}
	return w.failed(ctx, sending.Wait())
}

// complete makes a load count.
func (w *Warehouse) complete(ctx context.Context, before *standing, c warehouse.Chunk, load uint32) error {
	s := *before
	s.add(c)
	batch, err := w.shards[0].PrepareBatch(w.storing(ctx),
		"INSERT INTO position (workspace, load, record, seq, refs, accounts, messages, events, ids, first, last, received)")
	if err != nil {
		return w.failed(ctx, err)
	}
	defer batch.Close()
	err = batch.Append(uint8(1), load, c.Through.Record, c.Through.Seq, s.refs, s.accounts, s.messages, s.events, s.ids, s.first, s.last, s.received)
	if err != nil {
		return w.failed(ctx, err)
	}
	return w.failed(ctx, batch.Send())
}

// add adds a chunk's messages to the sums.
func (s *standing) add(c warehouse.Chunk) {
	s.refs += uint32(len(c.Refs))
	s.accounts += uint32(len(c.Accounts))
	if s.events == 0 {
		s.first, s.last = math.MaxInt64, math.MinInt64
	}
	for _, m := range c.Messages {
		s.messages++
		s.received = max(s.received, m.ReceivedAt.UnixMicro())
		if m.Type.IsEvent() {
			s.events++
			s.ids ^= warehouse.IDHash(m.MessageID)
			s.first, s.last = min(s.first, m.Micros()), max(s.last, m.Micros())
		}
	}
}

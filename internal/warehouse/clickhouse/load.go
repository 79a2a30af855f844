package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"beichen/internal/warehouse"
)

// Position implements warehouse.Warehouse.
func (w *Warehouse) Position(ctx context.Context) (warehouse.Position, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return warehouse.Position{}, err
	}
	return warehouse.Position{Record: s.record(w.options), Seq: s.seq}, nil
}

// Load implements warehouse.Warehouse, where no other node loads.
func (w *Warehouse) Load(ctx context.Context, c warehouse.Chunk) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	return w.LoadInTurn(ctx, c, s.mark(w.options), alone{})
}

// alone is the turn of a node that nobody takes turns with.
type alone struct{}

func (alone) Number(_ context.Context, after uint32) (uint32, error) { return after + 1, nil }
func (alone) Held(context.Context) error                             { return nil }

// LoadInTurn implements warehouse.Shared; see standing.go for what makes a chunk count
// on all shards or on none, and of several nodes those of one alone.
func (w *Warehouse) LoadInTurn(ctx context.Context, c warehouse.Chunk, follows warehouse.Mark, t warehouse.Turn) error {
	w.write.Lock()
	defer w.write.Unlock()
	if err := w.Ready(ctx); err != nil {
		return err
	}
	// What a chunk may be refused for is found before a load begins, and so is a
	// shard that is away: a load that nothing was sent of would be incomplete for
	// no reason.
	if follows.Record != c.After.Record {
		return fmt.Errorf("%w: after record %d, stored %d", warehouse.ErrOutOfStep, c.After.Record, follows.Record)
	}
	if err := check(c); err != nil {
		return w.failed(ctx, err)
	}
	if away := w.away(ctx); len(away) > 0 {
		return w.failed(ctx, w.unreachable(away, fmt.Errorf("no answer")))
	}
	load, err := w.begin(ctx, t)
	if err != nil {
		return err
	}
	before, err := w.stands(ctx)
	if err != nil {
		return err
	}
	if before.mark(w.options) != follows {
		return fmt.Errorf("%w: after %+v, stored %+v", warehouse.ErrOutOfStep, follows, before.mark(w.options))
	}
	if before.seq == 0 {
		if err := w.removeTTL(ctx); err != nil {
			return err
		}
	}
	c, aged, err := w.expire(ctx, before, c)
	if err != nil {
		return err
	}
	c, taken, err := w.takeOut(ctx, aged, c, load)
	if err != nil {
		return err
	}
	if err := w.send(ctx, before, c, load); err != nil {
		return err
	}
	next := aged.after(load, w.options.Node, c, w.removed)
	if err := w.withoutTaken(ctx, aged, next, c, taken); err != nil {
		return err
	}
	if err := w.complete(ctx, next); err != nil {
		return err
	}
	return t.Held(ctx)
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

// begin gives a load its number and writes down that it begins: whoever gives the
// numbers may forget them, with a ledger that is restored from a backup. Where that
// fails nothing was sent under the number yet.
func (w *Warehouse) begin(ctx context.Context, t warehouse.Turn) (uint32, error) {
	var last uint32
	const text = "SELECT max(load) FROM (SELECT load FROM loads UNION ALL SELECT load FROM position)"
	if err := w.shards[0].QueryRow(ctx, text).Scan(&last); err != nil {
		return 0, w.failed(ctx, err)
	}
	load, err := t.Number(ctx, last)
	if err != nil {
		return 0, err
	}
	return load, w.put(ctx, "loads (workspace, load)", uint8(1), load)
}

// put stores one row on the first shard.
func (w *Warehouse) put(ctx context.Context, table string, row ...any) error {
	batch, err := w.shards[0].PrepareBatch(w.storing(ctx), "INSERT INTO "+table)
	if err != nil {
		return w.failed(ctx, err)
	}
	defer batch.Close()
	if err := batch.Append(row...); err != nil {
		return w.failed(ctx, err)
	}
	return w.failed(ctx, batch.Send())
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
func (w *Warehouse) complete(ctx context.Context, s *standing) error {
	return w.put(ctx, "position (workspace, load, record, nodes, seq, refs, accounts, messages, events, ids, first, last, received, incomplete, incomplete_since, forgetting, horizon, gone)",
		uint8(1), s.load, s.heritage, s.nodes, s.seq, s.refs, s.accounts, s.messages, s.events, s.ids, s.first, s.last, s.received, s.incomplete, s.since, s.forgettingText(), s.horizon, s.expired)
}

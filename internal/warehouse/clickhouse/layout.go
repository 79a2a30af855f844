package clickhouse

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/internal/fault"
)

// writeLayout writes on a node which of the shards it is, if nothing says so yet, and
// refuses one that is another.
func (w *Warehouse) writeLayout(ctx context.Context, node driver.Conn, shard int) error {
	here, count := uint32(shard), uint32(len(w.options.Shards))
	var rows uint64
	var part, of uint32
	if err := node.QueryRow(ctx, "SELECT count(), any(shard), any(shards) FROM layout").Scan(&rows, &part, &of); err != nil {
		return err
	}
	if rows == 0 {
		return node.Exec(ctx, fmt.Sprintf("INSERT INTO layout VALUES (%d, %d)", here, count))
	}
	if part != here || of != count {
		return w.otherLayout(fmt.Sprintf("what is configured as shard %d of %d holds part %d of %d", here+1, count, part+1, of))
	}
	return nil
}

func (w *Warehouse) otherLayout(found string) error {
	return fault.Wrap(errors.New(found), fault.Invalid, "warehouse.layout", "cluster", w.options.Cluster, "shards", len(w.options.Shards))
}

// checkLayout refuses a cluster whose shards are not those that the facts were laid
// out over, in their order: rows would be stored where no question looks for them,
// and answers would be wrong without an error.
func (w *Warehouse) checkLayout(ctx context.Context) error {
	count := len(w.shards)
	var shards, heavy uint64
	name := literal(w.options.Cluster)
	err := w.cluster.QueryRow(ctx, "SELECT uniqExact(shard_num), countIf(shard_weight <> 1) FROM system.clusters WHERE cluster = "+name).Scan(&shards, &heavy)
	if err != nil {
		return err
	}
	if int(shards) != count || heavy > 0 {
		return w.otherLayout(fmt.Sprintf("the servers know %d shards, %d replicas of which have a weight other than 1", shards, heavy))
	}
	var number, shard, of uint32
	var wrong error
	err = w.each(ctx, "SELECT DISTINCT shardNum(), shard, shards FROM cluster("+name+", currentDatabase(), layout)", []any{&number, &shard, &of}, func() error {
		if number != shard+1 || int(of) != count {
			wrong = w.otherLayout(fmt.Sprintf("what the servers call shard %d holds part %d of %d", number, shard+1, of))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wrong
}

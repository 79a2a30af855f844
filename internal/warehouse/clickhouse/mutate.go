package clickhouse

import (
	"context"
	"fmt"
	"time"
)

// mutate changes rows of a table, on every shard and replica, and comes back when that
// has ended, be it after hours. It looks for the end and has no server wait for it: one
// that waits says nothing, and silence is taken for a network that was cut.
func (w *Warehouse) mutate(ctx context.Context, change string) error {
	for _, shard := range w.shards {
		if err := shard.Exec(ctx, "ALTER TABLE "+change+" SETTINGS mutations_sync = 0"); err != nil {
			return w.failed(ctx, err)
		}
	}
	const text = "SELECT count(), anyLast(latest_fail_reason) FROM clusterAllReplicas(%s, system.mutations) WHERE database = currentDatabase() AND NOT is_done"
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var left uint64
		var why string
		if err := w.cluster.QueryRow(ctx, fmt.Sprintf(text, literal(w.options.Cluster))).Scan(&left, &why); err != nil {
			return w.failed(ctx, err)
		}
		switch {
		case left == 0:
			return nil
		case why != "":
			return w.failed(ctx, fmt.Errorf("%d mutations are left to do: %s", left, why))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

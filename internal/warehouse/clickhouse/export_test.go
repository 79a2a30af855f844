package clickhouse

import (
	"context"
	"time"
)

// Sweep is what Checkpoint does an hour later.
func (w *Warehouse) Sweep(ctx context.Context, before time.Time) error { return w.sweep(ctx, before) }

// LetGo is what Checkpoint does at an instant, with an hour for a horizon to stand.
func (w *Warehouse) LetGo(ctx context.Context, now time.Time) error {
	return w.letGo(ctx, now, now.Add(-late))
}

// Proven is the horizon that is proven at an instant, where another stands.
func (w *Warehouse) Proven(horizon int64, now time.Time) int64 {
	return w.proven(horizon, now, now.Add(-late))
}

// Statements are those by which the tables are made with some options.
func Statements(o Options) ([]string, error) {
	return (&Warehouse{options: o}).statements("migrations/0001.sql")
}

// SetWindow makes the windows of a scan so small that tests have several.
func (w *Warehouse) SetWindow(rows uint64) { w.window = rows }

// SetRun makes the ranges of histories so small that tests have several.
func (w *Warehouse) SetRun(rows uint64) { w.run = rows }

// SetLongest makes runs so short that tests have customers with more events.
func (w *Warehouse) SetLongest(events int) { w.longest = events }

package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/duckdb"
)

// A folder has its facts in it, as facts.duckdb, or says in facts.json where else they
// are kept: a command that is not told so must not begin others.
func factsFile(dir string) string { return filepath.Join(dir, "facts.duckdb") }
func factsSign(dir string) string { return filepath.Join(dir, "facts.json") }

// openFacts opens the facts of a workspace's folder: the cluster at an address, or,
// where there is none, the folder's own file. The folder must be there.
func openFacts(ctx context.Context, dir, address string) (warehouse.Warehouse, error) {
	if err := notSwitching(dir); err != nil {
		return nil, err
	}
	if address == "" {
		s, err := readSign(factsSign(dir))
		if err != nil {
			return nil, err
		}
		if s != (sign{}) {
			return nil, fault.New(fault.Invalid, "warehouse.elsewhere", "dir", dir, "place", s.ClickHouse)
		}
		w, err := duckdb.Open(ctx, factsFile(dir), duckdb.Options{})
		if err != nil {
			return nil, err // and no Warehouse that holds a nil
		}
		return w, nil
	}
	if _, err := os.Stat(factsFile(dir)); err == nil {
		return nil, fault.New(fault.Invalid, "warehouse.two", "dir", dir)
	}
	o, err := clickhouse.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	w, err := clickhouse.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := (sign{ClickHouse: o.Name()}).write(factsSign(dir)); err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Invalid, "app.folder", "dir", dir), w.Close())
	}
	return w, nil
}

// hasFacts is nil where a folder has facts, or says where they are.
func hasFacts(dir string) error {
	_, here := os.Stat(factsFile(dir))
	if here == nil {
		return nil
	}
	if _, err := os.Stat(factsSign(dir)); err == nil {
		return nil
	}
	return fault.Wrap(here, fault.Invalid, "ledger.no-workspace", "dir", dir)
}

// tidyEvery is how often a store may put in order what needs no haste.
const tidyEvery = time.Hour

// tidy lets a cluster remove what loads left behind that never came to their end. A
// file of facts folds itself.
func (w *Workspace) tidy(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(tidyEvery):
		}
		if err := w.Warehouse.Checkpoint(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "the store could not be put in order; trying again", "error", err)
		}
	}
}

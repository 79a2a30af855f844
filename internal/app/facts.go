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
func openFacts(ctx context.Context, o Options) (warehouse.Warehouse, error) {
	if err := notSwitching(o.Dir); err != nil {
		return nil, err
	}
	if o.Facts != "" {
		return openCluster(ctx, o)
	}
	s, err := readSign(factsSign(o.Dir))
	if err != nil {
		return nil, err
	}
	if s != (sign{}) {
		return nil, fault.New(fault.Invalid, "warehouse.elsewhere", "dir", o.Dir, "place", s.ClickHouse)
	}
	w, err := duckdb.Open(ctx, factsFile(o.Dir), duckdb.Options{})
	if err != nil {
		return nil, err // and no Warehouse that holds a nil
	}
	return w, nil
}

// clusterWithin is how long a cluster is waited for when a workspace is opened: what is
// wrong with its address is told at once, and one that is away holds up nobody.
const clusterWithin = 5 * time.Second

func openCluster(ctx context.Context, o Options) (warehouse.Warehouse, error) {
	if _, err := os.Stat(factsFile(o.Dir)); err == nil {
		return nil, fault.New(fault.Invalid, "warehouse.two", "dir", o.Dir)
	}
	c, err := clickhouse.ParseAddress(o.Facts)
	if err != nil {
		return nil, err
	}
	id, err := readNode(o.Dir)
	if err != nil {
		return nil, err
	}
	c.Node, c.Heir = id.ID, id.Heir
	w, err := clickhouse.Open(c)
	if err != nil {
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, clusterWithin)
	defer cancel()
	at, err := w.Position(asking)
	if _, moving := at.Step(); moving {
		err = fault.New(fault.Invalid, "capture.store-in-making")
	}
	if f, told := errors.AsType[*fault.Error](err); told && (f.Kind == fault.Invalid || f.Key == "warehouse.sign-in") {
		return nil, errors.Join(err, w.Close())
	}
	if err != nil {
		o.Log.WarnContext(ctx, "the facts are away; what is sent is taken in, and questions are answered once they are back", "error", err)
	}
	if err := (sign{ClickHouse: c.Name()}).write(factsSign(o.Dir)); err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Invalid, "app.folder", "dir", o.Dir), w.Close())
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

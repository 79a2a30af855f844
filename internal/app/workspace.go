// Package app wires a workspace together and runs it. It is the only package
// that knows all others.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/customer"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/ledger"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/live"
	"beichen/internal/metric"
	"beichen/internal/nodes"
	"beichen/internal/tree"
	"beichen/internal/vanity"
	"beichen/internal/warehouse"
)

// Options say which workspace to open and what it stands on.
type Options struct {
	Dir string // made if missing
	// Ledger is the address of a Postgres database, postgres://…; empty: the ledger is a
	// file of the folder.
	Ledger string
	// Facts is the address of a ClickHouse cluster, clickhouse://…; empty: the facts are
	// a file of the folder.
	Facts string
	// Stored makes capture acknowledge an event only once the facts have it, and not as
	// soon as it is durable in the folder's log.
	Stored bool
	// IndexMemory is how many bytes the index of events may take; 0: a third of what the
	// machine has. Facts that need more are asked in the store, customer by customer.
	IndexMemory int64
	// LogBound is how many bytes of the folder's log may wait for the facts before events are
	// refused; 0: eventlog.DefaultBound.
	LogBound int64
	Log      *slog.Logger
	Now      func() time.Time
}

// The parts of a workspace's folder.
func logDir(dir string) string   { return filepath.Join(dir, "log") }
func indexDir(dir string) string { return filepath.Join(dir, "index") }

// Workspace is an open workspace: one folder, owned by this process, and its ledger and
// its facts, which may be shared with other nodes.
type Workspace struct {
	Options
	Warehouse warehouse.Warehouse
	Intake    *capture.Intake
	Ledger    *ledger.Ledger
	Access    *access.Access
	Customers customer.Book
	Measurer  *journey.Measurer
	Retention *retention.Measurer
	Metric    *metric.Measurer
	Tree      *tree.Measurer
	Live      *live.Hub
	Metrics   *prometheus.Registry

	streams   *stream.Live
	circle    *nodes.Circle
	store     *sqlstore.DB
	turns     *sqlstore.Turns // nil: nobody else loads the facts
	following atomic.Bool     // news of a shared ledger are heard
	copying   sync.Mutex      // held while a Snapshot is open
	closed    bool
}

// Open opens the workspace in a folder, making it if it is new, and replays
// what the log holds beyond the warehouse. A folder that another process owns
// is Unavailable.
func Open(ctx context.Context, o Options) (_ *Workspace, err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "app.folder", "dir", o.Dir)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, restoringFolder)); err == nil {
		return nil, fault.New(fault.Invalid, "backup.half-restored", "dir", o.Dir)
	}
	w := &Workspace{Options: o, Live: &live.Hub{}, Metrics: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.store, err = openLedger(ctx, o.Dir, o.Ledger); err != nil {
		return nil, err
	}
	saved := stream.OpenSaved(indexDir(o.Dir))
	if w.Warehouse, err = openFacts(ctx, o); err != nil {
		return nil, err
	}
	var followed atomic.Pointer[stream.Live]
	taking := capture.Config{
		Dir: logDir(o.Dir), Warehouse: w.Warehouse, Now: o.Now, Logger: o.Log, Stored: o.Stored,
		Log: eventlog.Options{MaxBytes: o.LogBound},
		OnAccepted: func(through uint64) {
			w.Live.Publish(live.News{Type: "facts", At: o.Now(), Through: through})
			if streams := followed.Load(); streams != nil {
				streams.Accepted()
			}
		},
	}
	if taking.Shared, _ = w.Warehouse.(warehouse.Shared); taking.Shared != nil {
		if taking.Turns, err = w.takeTurns(); err != nil {
			return nil, err
		}
	}
	if w.Intake, err = capture.Open(ctx, taking); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(o.Dir, snapshotFolder)); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "app.folder", "dir", o.Dir)
	}
	w.Ledger = ledger.New(ledger.Config{Store: sqlstore.NewStore(w.store), Now: o.Now, Rules: Rules(), OnChange: w.tellOwn()})
	if w.Access, err = access.Open(ctx, access.Config{Database: w.store, Now: o.Now}); err != nil {
		return nil, err
	}
	w.Customers = customer.Book{Warehouse: w.Warehouse, People: w.Intake}
	w.streams = stream.NewLive(w.Warehouse, w.Intake, w.Intake)
	if w.streams.Room, err = indexMemory(o.IndexMemory); err != nil {
		return nil, fmt.Errorf("find out how much memory there is: %w", err)
	}
	w.streams.Keep(saved)
	followed.Store(w.streams)
	w.Measurer = &journey.Measurer{Source: w.streams, Now: o.Now}
	w.Retention = &retention.Measurer{Source: w.streams, Now: o.Now}
	w.Metric = &metric.Measurer{
		Source: w.streams, Journeys: w.Measurer, Retention: w.Retention, Book: definitions{ledger.Standing{Book: w.Ledger}}, Now: o.Now,
		Kept: metric.NewKept(),
	}
	w.circle = w.newCircle()
	w.Measurer.Nodes, w.Retention.Nodes, w.Metric.Nodes = w.circle, w.circle, w.circle
	w.Tree = &tree.Measurer{Metrics: w.Metric, Records: records{w.Ledger}, Verdicts: vanity.NewKnown()}
	w.streams.OnRest = w.Measurer.Forget
	w.measureItself()
	return w, nil
}

// Close loads what the log still holds and lets the folder go. A workspace that
// was only half opened closes what there is, one that is closed nothing.
func (w *Workspace) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	var errs []error
	if w.streams != nil {
		errs = append(errs, w.streams.Close())
	}
	if w.Intake != nil {
		errs = append(errs, w.Intake.Close())
	}
	if w.turns != nil {
		errs = append(errs, w.turns.Close())
	}
	if w.Warehouse != nil {
		errs = append(errs, w.Warehouse.Close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", w.Dir, err)
	}
	return nil
}

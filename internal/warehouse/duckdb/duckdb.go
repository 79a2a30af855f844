// Package duckdb keeps facts in one DuckDB file inside the process. One process
// owns a file: a second one that opens it is told so.
//
// Answers of a few rows go through database/sql; those of many are read from
// DuckDB's own vectors (columns.go).
package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Options bound what the engine takes of the machine. The zero value is right
// for a server that does other things too.
type Options struct {
	MemoryMiB int // of DuckDB's own buffers; 0 is 160
	Threads   int // for a question; 0 is the processors, at most 4
}

// Warehouse keeps facts in a DuckDB file.
type Warehouse struct {
	path    string
	options Options
	// exchange is held for reading by whoever uses db, reader's instance or file, and
	// by who replaces them (rewrite.go).
	exchange sync.RWMutex
	db       *sql.DB
	reader   *reader
	// file is for copying. It is open as long as the engine's own is: POSIX ends
	// a process' locks on a file when any of its descriptors of it is closed.
	file *os.File

	// write is held by whatever changes the file. Reading goes on meanwhile.
	write      sync.Mutex
	names      *dictionary
	currencies *dictionary
}

var _ warehouse.Warehouse = (*Warehouse)(nil)

// Open opens the file at path, which it makes if there is none, and brings its
// schema up to date. It fails with Unavailable if another process owns the file,
// and with Invalid if a newer program wrote it.
func Open(ctx context.Context, path string, o Options) (*Warehouse, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, openError(err, path)
	}
	if strings.ContainsAny(path, "?#%") { // they mean something in the driver's connection text
		return nil, fault.New(fault.Invalid, "warehouse.path", "file", path)
	}
	if o.MemoryMiB == 0 {
		o.MemoryMiB = 160
	}
	if o.Threads == 0 {
		o.Threads = min(runtime.NumCPU(), 4)
	}
	if err := removeRewritten(path); err != nil {
		return nil, openError(err, path)
	}
	w := &Warehouse{path: path, options: o, reader: &reader{threads: o.Threads}}
	w.reader.exchange = &w.exchange
	if err := w.openEngine(ctx); err != nil {
		return nil, err
	}
	if err := w.start(ctx); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// openEngine opens the file, and locks the engine in: from then on it opens that one
// file, and the one that takes its place (rewrite.go).
func (w *Warehouse) openEngine(ctx context.Context) error {
	settings := w.options.settings()
	connector, err := duckdb.NewConnector(w.path+"?"+settings.Encode(), nil)
	if err != nil {
		return openError(err, w.path)
	}
	w.db = sql.OpenDB(uninterrupted{connector})
	if err := w.reader.open(w.path, settings); err != nil {
		return errors.Join(openError(err, w.path), w.db.Close())
	}
	for _, setting := range []string{"allowed_paths = " + w.rewrittenPaths(), "enable_external_access = false"} {
		if _, err := w.db.ExecContext(ctx, "SET GLOBAL "+setting); err != nil {
			return errors.Join(failed(ctx, err), w.closeEngine())
		}
	}
	if w.file, err = os.Open(w.path); err != nil {
		return errors.Join(openError(err, w.path), w.closeEngine())
	}
	return nil
}

// closeEngine folds the write-ahead log into the file and lets go of it.
func (w *Warehouse) closeEngine() error {
	w.reader.close()
	err := w.db.Close()
	if w.file != nil {
		err = errors.Join(err, w.file.Close())
		w.file = nil
	}
	return err
}

// enter keeps the engine as it is until the returned function is called. Who has
// entered may not enter again.
func (w *Warehouse) enter() (leave func()) {
	w.exchange.RLock()
	return w.exchange.RUnlock
}

// settings lock the engine in: it loads no extension, and, once it is open, reads no
// other file and reaches no network, whatever text a query holds. The write-ahead log is folded
// into the file when it has grown large, not after every chunk.
func (o Options) settings() url.Values {
	return url.Values{
		"autoinstall_known_extensions":  {"false"},
		"autoload_known_extensions":     {"false"},
		"storage_compatibility_version": {"v1.2.0"}, // of a new file: the first that knows Zstandard
		"memory_limit":                  {fmt.Sprintf("%dMiB", o.MemoryMiB)},
		"threads":                       {fmt.Sprint(o.Threads)},
		"external_threads":              {fmt.Sprint(o.Threads)}, // threads.go
		"checkpoint_threshold":          {"64MiB"},
		// Rows are deleted only of who is forgotten and of what has expired, and then
		// the file is written anew (rewrite.go), so there is nothing to vacuum; yet at
		// each checkpoint DuckDB would join the rest of a chunk to its neighbours and
		// compress a quarter of a million rows again for it, which more than doubles
		// what loading costs (BenchmarkLoad).
		"max_vacuum_tasks": {"0"},
		// With it, DuckDB 1.5.6 gives group keys with foreign upper bytes while
		// another connection commits: the contract's "questions are answered while
		// facts are loaded" finds it within seconds.
		"disabled_optimizers": {"compressed_materialization"},
	}
}

func (w *Warehouse) start(ctx context.Context) error {
	if err := migrate(ctx, w.db); err != nil {
		return err
	}
	var err error
	if w.names, err = w.readDictionary(ctx, kindName); err != nil {
		return err
	}
	w.currencies, err = w.readDictionary(ctx, kindCurrency)
	return err
}

func openError(err error, path string) error {
	if strings.Contains(err.Error(), "Could not set lock") {
		return fault.Wrap(err, fault.Unavailable, "warehouse.locked", "file", path)
	}
	return fault.Wrap(err, fault.Unavailable, "warehouse.unreadable", "file", path)
}

// failed wraps an error of the engine. What the context ended stays as it is.
func failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Wrap(err, fault.Unavailable, "warehouse.failed")
}

// Close folds the write-ahead log into the file and lets go of it. Nothing may
// use the warehouse any more.
func (w *Warehouse) Close() error {
	w.write.Lock()
	defer w.write.Unlock()
	return w.closeEngine()
}

// Checkpoint implements warehouse.Warehouse. It waits for questions that began
// before the last chunk was loaded.
func (w *Warehouse) Checkpoint(ctx context.Context) error {
	w.write.Lock()
	defer w.write.Unlock()
	defer w.enter()()
	_, err := w.db.ExecContext(ctx, "FORCE CHECKPOINT")
	return failed(ctx, err)
}

// Release gives memory that the engine holds for later back to the system. It is
// meant for quiet moments: the next question reads from disk again.
func (w *Warehouse) Release(ctx context.Context) error {
	w.write.Lock()
	defer w.write.Unlock()
	defer w.enter()()
	// Lowering the limit drops what nobody uses. It fails where more is in use
	// than the lower limit allows; what could be dropped is dropped by then.
	_, _ = w.db.ExecContext(ctx, "SET memory_limit = '48MiB'")
	_, err := w.db.ExecContext(ctx, fmt.Sprintf("SET memory_limit = '%dMiB'", w.options.MemoryMiB))
	return failed(ctx, err)
}

// CopyTo implements warehouse.Warehouse: the copy is a file of the same name in
// dir, with its write-ahead log beside it. Nothing is written while it runs, so
// the two fit together; questions go on.
func (w *Warehouse) CopyTo(ctx context.Context, dir string) error {
	w.write.Lock()
	defer w.write.Unlock()
	if err := w.rewrite(ctx); err != nil { // a copy holds nobody who was forgotten
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Unavailable, "warehouse.copy", "dir", dir)
	}
	copied := filepath.Join(dir, filepath.Base(w.path))
	err := copyFile(ctx, io.NewSectionReader(w.file, 0, math.MaxInt64), copied)
	if err == nil {
		err = w.copyLog(ctx, copied+".wal")
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "warehouse.copy", "dir", dir)
	}
	return nil
}

// copyLog copies the write-ahead log, if there is one.
func (w *Warehouse) copyLog(ctx context.Context, to string) error {
	log, err := os.Open(w.path + ".wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer log.Close()
	return copyFile(ctx, log, to)
}

// Extent implements warehouse.Warehouse.
func (w *Warehouse) Extent(ctx context.Context) (warehouse.Stats, error) { return w.Stats(ctx) }

// Stats implements warehouse.Warehouse. First and Last are of events.
func (w *Warehouse) Stats(ctx context.Context) (warehouse.Stats, error) {
	defer w.enter()()
	var s warehouse.Stats
	var first, last, received sql.NullTime
	var version string
	var others int64
	defer w.reader.help()()
	err := w.db.QueryRowContext(ctx, `
		SELECT count(*), min(time), max(time), (SELECT count(*) FROM identities), version(),
			greatest(max(received), (SELECT max(received) FROM identities))
		FROM events`,
	).Scan(&s.Events, &first, &last, &others, &version, &received)
	if err != nil {
		return s, failed(ctx, err)
	}
	s.Messages = s.Events + others
	s.First, s.Last, s.Received = utc(first), utc(last), utc(received)
	s.Engine = "DuckDB " + strings.TrimPrefix(version, "v")
	for _, suffix := range []string{"", ".wal"} {
		if info, err := os.Stat(w.path + suffix); err == nil {
			s.DiskBytes += info.Size()
		}
	}
	return s, nil
}

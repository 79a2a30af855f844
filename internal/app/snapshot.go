package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"beichen/internal/backup"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// catchUp bounds the wait for the warehouse before a copy of it is made, or it is moved.
const catchUp = time.Minute

// snapshotFolder is where a copy stands inside the workspace's folder while it
// is written out: it is as large as the facts, and there is a disk for those.
// One that a killed process left behind goes when the workspace is opened.
const snapshotFolder = "backup"

// Snapshot is a consistent copy of a workspace: facts as of one position of the
// log, and definitions, members and keys as of a moment after it.
type Snapshot struct {
	Manifest backup.Manifest

	dir  string
	done func()
}

// Snapshot copies the workspace while it is in use. Whatever was acknowledged
// before the call is in it. One is made at a time: Conflict otherwise. The
// snapshot is to be closed.
func (w *Workspace) Snapshot(ctx context.Context, program string) (*Snapshot, error) {
	if !w.copying.TryLock() {
		return nil, fault.New(fault.Conflict, "backup.running")
	}
	s := &Snapshot{dir: filepath.Join(w.Dir, snapshotFolder), done: w.copying.Unlock}
	if err := w.fill(ctx, s, program); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (w *Workspace) fill(ctx context.Context, s *Snapshot, program string) error {
	if err := w.catchUp(ctx); err != nil {
		return err
	}
	if err := w.Warehouse.CopyTo(ctx, s.dir); err != nil {
		return err
	}
	position, err := settleFacts(ctx, factsFile(s.dir))
	if err != nil {
		return err
	}
	if err := w.store.Backup(ctx, ledgerFile(s.dir)); err != nil {
		return err
	}
	names := []string{filepath.Base(factsFile("")), filepath.Base(ledgerFile(""))}
	mark, err := os.ReadFile(filepath.Join(w.Dir, demoFile))
	if err == nil {
		names = append(names, demoFile)
		err = os.WriteFile(filepath.Join(s.dir, demoFile), mark, 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.Manifest = backup.Manifest{Format: backup.Format, Program: program, CreatedAt: w.Now().UTC().Truncate(time.Second), Position: position}
	s.Manifest.Files, err = backup.Describe(s.dir, names...)
	return err
}

// catchUp waits until the warehouse has what was acknowledged so far.
func (w *Workspace) catchUp(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	err := w.Intake.Flush(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return fault.Wrap(err, fault.Unavailable, "backup.behind", "seconds", int(catchUp.Seconds()))
	}
	return err
}

// settleFacts opens a copy of the facts, as whoever restores it will, folds its
// write-ahead log into the file and says up to where it goes.
func settleFacts(ctx context.Context, file string) (warehouse.Position, error) {
	facts, err := duckdb.Open(ctx, file, duckdb.Options{Threads: 1})
	if err != nil {
		return warehouse.Position{}, err
	}
	position, err := facts.Position(ctx)
	if err == nil {
		err = facts.Checkpoint(ctx)
	}
	if err = errors.Join(err, facts.Close()); err != nil {
		return position, err
	}
	if _, err := os.Stat(file + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return position, errors.Join(fmt.Errorf("%s has changes beside it", file), err)
	}
	return position, nil
}

// WriteTo writes the archive.
func (s *Snapshot) WriteTo(w io.Writer) (int64, error) {
	counted := &counter{Writer: w}
	err := backup.Write(counted, s.dir, s.Manifest)
	return counted.n, err
}

type counter struct {
	io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

// Close removes the copy.
func (s *Snapshot) Close() error {
	err := os.RemoveAll(s.dir)
	s.done()
	return err
}

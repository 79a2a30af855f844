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
// log, and definitions, members and keys as of a moment after it. Facts that are in a
// cluster are not in it.
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
	s.Manifest = backup.Manifest{Format: backup.Format, Program: program, CreatedAt: w.Now().UTC().Truncate(time.Second)}
	names, err := w.copyFacts(ctx, s)
	if err != nil {
		return err
	}
	if err := w.store.Backup(ctx, ledgerFile(s.dir)); err != nil {
		return err
	}
	names = append(names, filepath.Base(ledgerFile("")))
	mark, err := os.ReadFile(filepath.Join(w.Dir, demoFile))
	if err == nil {
		names = append(names, demoFile)
		err = os.WriteFile(filepath.Join(s.dir, demoFile), mark, 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.Manifest.Files, err = backup.Describe(s.dir, names...)
	return err
}

// copyFacts copies the facts, or says where they are if they are in a cluster, which need
// not answer for that.
func (w *Workspace) copyFacts(ctx context.Context, s *Snapshot) (names []string, err error) {
	if w.Facts != "" {
		elsewhere, err := readSign(factsSign(w.Dir))
		s.Manifest.Facts = elsewhere.ClickHouse
		return nil, errors.Join(err, os.Mkdir(s.dir, 0o700))
	}
	if err := w.catchUp(ctx); err != nil {
		return nil, err
	}
	if err := w.Warehouse.CopyTo(ctx, s.dir); err != nil {
		return nil, err
	}
	s.Manifest.Position, err = settleFacts(ctx, factsFile(s.dir))
	return []string{filepath.Base(factsFile(""))}, err
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

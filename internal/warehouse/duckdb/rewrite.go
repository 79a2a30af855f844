package duckdb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"beichen/internal/fault"
)

// DuckDB keeps deleted rows in their row groups, and what was in a freed block until
// something else is written there (tried with 1.5.6: all texts of a deleted customer
// are in the file after a checkpoint). So that who was forgotten is in no byte of it,
// the file is written anew, from what still counts, and takes the old one's place. What
// has expired is about room, not about bytes: for that it is written anew when a fifth
// of the events in it are dead.

// suffixes of the files that a rewriting makes beside the file.
var rewritten = []string{".new", ".new.wal", ".new.wal.checkpoint", ".new.wal.recovery"}

// removeRewritten removes what a rewriting left behind that did not come to its end.
func removeRewritten(path string) error {
	for _, suffix := range rewritten {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (w *Warehouse) rewrittenPaths() string {
	var paths []string
	for _, suffix := range rewritten {
		paths = append(paths, quoted(w.path+suffix))
	}
	return "[" + strings.Join(paths, ", ") + "]"
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Erase implements warehouse.Warehouse.
func (w *Warehouse) Erase(ctx context.Context) error {
	w.write.Lock()
	defer w.write.Unlock()
	return w.rewrite(ctx)
}

// rewrite writes the file anew if somebody was forgotten since it last was, or much has
// expired. It takes
// the time to read and write all facts, and as much room on the disk. Questions go on
// but for the moment in which the files are exchanged; the write lock is held.
func (w *Warehouse) rewrite(ctx context.Context) error {
	pending, err := w.copyWhole(ctx)
	if err != nil {
		return failed(ctx, errors.Join(err, removeRewritten(w.path)))
	}
	if !pending {
		return nil
	}
	w.exchange.Lock()
	defer w.exchange.Unlock()
	if err = w.closeEngine(); err == nil {
		err = w.replace()
	}
	// What has begun is waited for.
	return errors.Join(failed(ctx, err), w.openEngine(context.WithoutCancel(ctx)))
}

// copyWhole writes the new file, if there is anything to be erased.
func (w *Warehouse) copyWhole(ctx context.Context) (pending bool, err error) {
	defer w.enter()()
	const text = `SELECT (SELECT count(*) > 0 FROM forgets WHERE NOT erased) OR
		(SELECT dead > 0 AND 5 * dead >= dead + (SELECT count(*) FROM events) FROM horizon)`
	err = w.db.QueryRowContext(ctx, text).Scan(&pending)
	if err != nil || !pending {
		return pending, err
	}
	if err := removeRewritten(w.path); err != nil {
		return true, err
	}
	defer w.reader.help()()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return true, err
	}
	defer conn.Close()
	var name string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&name); err != nil {
		return true, err
	}
	if _, err := conn.ExecContext(ctx, "ATTACH "+quoted(w.path+".new")+" AS fresh"); err != nil {
		return true, err
	}
	_, err = conn.ExecContext(ctx, `COPY FROM DATABASE "`+strings.ReplaceAll(name, `"`, `""`)+`" TO fresh`)
	if err == nil {
		_, err = conn.ExecContext(ctx, "UPDATE fresh.forgets SET erased = true; UPDATE fresh.horizon SET dead = 0")
	}
	_, detach := conn.ExecContext(context.WithoutCancel(ctx), "DETACH fresh") // which folds its log into it
	return true, errors.Join(err, detach)
}

// replace puts the new file into the place of the old one, while no engine is open.
// A crash before the renaming leaves the old file, one after it the new one.
func (w *Warehouse) replace() error {
	// What the old one had beside it is in it since it was closed.
	if _, err := os.Stat(w.path + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fault.New(fault.Unavailable, "warehouse.failed"), err)
	}
	if err := os.Rename(w.path+".new", w.path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(w.path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"beichen/internal/access"
	"beichen/internal/backup"
	"beichen/internal/fault"
	"beichen/internal/ledger/sqlstore"
)

// Backup writes a consistent copy of the workspace in a folder: made by the
// server that runs on it, or, if none does, by opening the folder. What was
// written is read back on the way, so an archive that ends early is an error.
func Backup(ctx context.Context, o Options, program string, l fault.Language, out io.Writer) (backup.Manifest, error) {
	if err := isWorkspace(o.Dir); err != nil {
		return backup.Manifest{}, err
	}
	archive, err := askRunning(ctx, o.Dir, http.MethodPost, "/api/v1/backup", l)
	if errors.Is(err, errNotRunning) {
		return backupFolder(ctx, o, program, out)
	}
	if err != nil {
		return backup.Manifest{}, err
	}
	defer archive.Close()
	kept := &keeper{Writer: out}
	forget := func(backup.File) (io.WriteCloser, error) { return discard{io.Discard}, nil }
	m, err := backup.Read(io.TeeReader(archive, kept), forget)
	switch {
	case kept.err != nil:
		return m, kept.err
	case ctx.Err() != nil:
		return m, ctx.Err()
	case err != nil: // the server stopped, or said in its log why it could not go on
		return m, fault.Wrap(err, fault.Unavailable, "backup.interrupted")
	}
	return m, nil
}

// keeper remembers whether it was writing that failed.
type keeper struct {
	io.Writer
	err error
}

func (k *keeper) Write(p []byte) (int, error) {
	n, err := k.Writer.Write(p)
	k.err = err
	return n, err
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

func backupFolder(ctx context.Context, o Options, program string, out io.Writer) (_ backup.Manifest, err error) {
	w, err := Open(ctx, o)
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	s, err := w.Snapshot(ctx, program)
	if err != nil {
		return backup.Manifest{}, err
	}
	_, err = s.WriteTo(out)
	return s.Manifest, errors.Join(err, s.Close())
}

// restoringFolder holds what is being restored. A folder that has one is not
// opened, so a restore that the power cut short is never taken for a workspace.
const restoringFolder = "restoring"

// Restore puts the workspace of an archive into a folder that is new or empty, and its
// ledger, where an address is given, into an empty Postgres database: all of it, after
// every byte was held to its checksum and both stores were opened, or nothing. Where the
// facts were in a cluster, the folder says so.
func Restore(ctx context.Context, archive io.Reader, dir, ledger string) (backup.Manifest, error) {
	m, _, err := RestoreWithout(ctx, archive, dir, ledger, access.Register{})
	return m, err
}

// RestoreWithout is Restore, and forgets again whoever a register says was forgotten,
// before anything is put in its place. It tells how many customers it were.
func RestoreWithout(ctx context.Context, archive io.Reader, dir, ledger string, forgotten access.Register) (_ backup.Manifest, customers int, err error) {
	made, err := emptyFolder(dir)
	if err != nil {
		return backup.Manifest{}, 0, err
	}
	staging := filepath.Join(dir, restoringFolder)
	var placed []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range append(placed, staging) {
			err = errors.Join(err, os.RemoveAll(path))
		}
		if made {
			err = errors.Join(err, os.Remove(dir))
		}
	}()
	if err := os.Mkdir(staging, 0o700); err != nil {
		return backup.Manifest{}, 0, fault.Wrap(err, fault.Invalid, "backup.target", "dir", dir)
	}
	m, err := backup.Read(stoppable{archive, ctx}, func(f backup.File) (io.WriteCloser, error) {
		return createSynced(filepath.Join(staging, f.Name), dir)
	})
	if ctx.Err() != nil {
		return m, 0, ctx.Err()
	}
	if err != nil {
		return m, 0, err
	}
	if err := checkRestored(ctx, staging, m); err != nil {
		return m, 0, err
	}
	if len(forgotten.Items) > 0 && m.Facts == "" {
		if customers, err = forgetIn(ctx, staging, forgotten); err != nil {
			return m, 0, err
		}
	}
	place := func() error {
		for _, f := range m.Files {
			if ledger != "" && f.Name == filepath.Base(ledgerFile("")) {
				continue // it goes with the staging folder
			}
			path := filepath.Join(dir, f.Name)
			if err := os.Rename(filepath.Join(staging, f.Name), path); err != nil {
				return fault.Wrap(err, fault.Unavailable, "backup.target", "dir", dir)
			}
			placed = append(placed, path)
		}
		if m.Facts == "" {
			return nil
		}
		placed = append(placed, factsSign(dir))
		if err := (sign{ClickHouse: m.Facts}).write(factsSign(dir)); err != nil {
			return fault.Wrap(err, fault.Unavailable, "backup.target", "dir", dir)
		}
		return nil
	}
	if ledger == "" {
		err = place()
	} else {
		placed = append(placed, ledgerSign(dir))
		err = restoreLedger(ctx, ledgerFile(staging), dir, ledger, place)
	}
	if err != nil {
		return m, 0, err
	}
	if err := errors.Join(syncFolder(dir), os.RemoveAll(staging), syncFolder(dir)); err != nil {
		return m, 0, fault.Wrap(err, fault.Unavailable, "backup.target", "dir", dir)
	}
	return m, customers, nil
}

// restoreLedger fills a database from a file. It commits once everything else is in
// its place: until then the folder is no workspace.
func restoreLedger(ctx context.Context, file, dir, address string, place func() error) (err error) {
	db, err := openServer(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	from, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return db.Fill(ctx, from, func() error {
		if err := place(); err != nil {
			return err
		}
		if err := (sign{Postgres: db.Name()}).write(ledgerSign(dir)); err != nil {
			return fault.Wrap(err, fault.Unavailable, "backup.target", "dir", dir)
		}
		return nil
	})
}

// stoppable ends with its context.
type stoppable struct {
	io.Reader
	ctx context.Context
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// emptyFolder makes the folder, or finds it empty.
func emptyFolder(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		made, err = true, os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "backup.target", "dir", dir)
	}
	for _, entry := range entries {
		if entry.Name() != "lost+found" { // what a new volume of its own holds
			return false, fault.New(fault.Invalid, "backup.not-empty", "dir", dir)
		}
	}
	return made, nil
}

// checkRestored opens the stores that are there, as the next start will.
func checkRestored(ctx context.Context, dir string, m backup.Manifest) error {
	for _, file := range []string{factsFile(dir), ledgerFile(dir)} {
		_, err := os.Stat(file)
		if elsewhere := file == factsFile(dir) && m.Facts != ""; (err == nil) == elsewhere {
			return fault.Wrap(err, fault.Invalid, "backup.incomplete", "file", filepath.Base(file))
		}
	}
	if m.Facts == "" {
		position, err := settleFacts(ctx, factsFile(dir))
		if err != nil {
			return err
		}
		if position != m.Position {
			return fault.New(fault.Invalid, "backup.incomplete", "file", filepath.Base(factsFile(dir)))
		}
	}
	db, err := sqlstore.Open(ctx, ledgerFile(dir))
	if err != nil {
		return err
	}
	return errors.Join(db.Check(ctx), db.Close())
}

// synced is a file that is durable once it is closed.
type synced struct{ *os.File }

func createSynced(path, dir string) (io.WriteCloser, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "backup.target", "dir", dir)
	}
	return synced{file}, nil
}

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

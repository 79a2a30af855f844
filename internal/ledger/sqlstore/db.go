// Package sqlstore keeps the ledger in SQL, in SQLite here: definitions in
// Store, and beside them, in the same database, the tables of package access.
// The SQL is of the kind that Postgres takes too: $1, ON CONFLICT, times as
// BIGINT microseconds, JSON as TEXT.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"beichen/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database, brought to the newest version of its tables. Reads go
// to many connections and never wait for a write; writes go through one.
type DB struct {
	read  *sql.DB
	write *sql.DB
}

// readers is the number of connections that read at the same time.
const readers = 4

// Open opens the database file, which is made if there is none, and migrates it.
// Several processes may have it open: `beichen apply` beside a running server.
func Open(ctx context.Context, path string) (*DB, error) {
	write, err := connect(path, 1, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", path, err), write.Close())
	}
	read, err := connect(path, readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &DB{read: read, write: write}, nil
}

// connect opens a pool. synchronous(FULL) makes a commit survive a power cut,
// which WAL's default does not; busy_timeout waits for another process' write.
func connect(path string, connections int, more string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil {
		return err
	}
	found, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; found > known {
		return fault.New(fault.Invalid, "ledger.newer", "found", found, "known", known)
	}
	return nil
}

// Read is the pool for queries.
func (d *DB) Read() *sql.DB { return d.read }

// Write is the pool for single statements that change something.
func (d *DB) Write() *sql.DB { return d.write }

// Update runs a transaction that writes. It holds the database's write lock from
// its first statement, so what it reads cannot change before it commits.
func (d *DB) Update(ctx context.Context, change func(tx *sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := change(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Check asks SQLite whether the file is whole; the error names what is not.
func (d *DB) Check(ctx context.Context) error {
	var answer string
	if err := d.read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&answer); err != nil {
		return fmt.Errorf("check the ledger: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("check the ledger: %s", answer)
	}
	return nil
}

// Backup writes a consistent copy to a file that does not exist yet, while the
// database is in use.
func (d *DB) Backup(ctx context.Context, path string) error {
	if _, err := d.write.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("back up the ledger to %s: %w", path, err)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

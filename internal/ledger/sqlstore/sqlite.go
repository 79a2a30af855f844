package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"beichen/internal/fault"
)

// sqlite is a database in a file. Reads go to many connections and never wait for a
// write; writes go through one.
type sqlite struct{ path string }

// readers is the number of connections that read at the same time.
const readers = 4

// connect opens a pool. synchronous(FULL) makes a commit survive a power cut,
// which WAL's default does not; busy_timeout waits for another process' write;
// immediate transactions take the write lock when they begin.
func (s sqlite) connect(p purpose) (*sql.DB, error) {
	connections, more := 1, "_txlock=immediate"
	if p == reading {
		connections, more = readers, "_pragma=query_only(1)"
	}
	dsn := "file:" + (&url.URL{Path: s.path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
	plain, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{Connector: plain, told: s.told})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (s sqlite) provider(write *sql.DB, files fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, write, files, goose.WithDisableGlobalRegistry(true))
}

// lock has nothing to do: the transaction began with it, see connect.
func (sqlite) lock(context.Context, *sql.Tx) error { return nil }

func (sqlite) check(ctx context.Context, read *sql.DB) error {
	var answer string
	if err := read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return errors.New(answer)
	}
	return nil
}

func (sqlite) backup(ctx context.Context, d *DB, path string) error {
	_, err := d.write.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// watch tells nothing: one process serves a file, and knows what it writes.
func (sqlite) watch(ctx context.Context, _ Watcher) error {
	<-ctx.Done()
	return nil
}

func (s sqlite) name() string { return s.path }

// told makes a fault of what SQLite says.
func (sqlite) told(err error) error {
	var said *driver.Error
	if !errors.As(err, &said) {
		return err
	}
	switch said.Code() & 0xff { // without what extends it
	case code.SQLITE_CONSTRAINT:
		return fault.Wrap(err, fault.Conflict, "ledger.constraint")
	case code.SQLITE_BUSY, code.SQLITE_FULL, code.SQLITE_IOERR, code.SQLITE_READONLY, code.SQLITE_NOMEM:
		return fault.Wrap(err, fault.Unavailable, "ledger.failing", "reason", said.Error())
	}
	return err
}

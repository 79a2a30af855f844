// Package sqlstore keeps the ledger in SQL: definitions in Store, and beside them,
// in the same database, the tables of package access. The database is a SQLite file,
// or one of a Postgres server, for workspaces that several nodes serve. The text of
// the SQL is the same for both: $1, ON CONFLICT, times as BIGINT microseconds, JSON
// as TEXT. What the two do differently is what an engine says.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"beichen/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// tables are all that a ledger consists of, each after those that it refers to.
var tables = []string{"revisions", "approvals", "workspace", "members", "links", "sessions", "keys", "audit", "forgotten_key", "forgotten"}

// engine is a kind of database.
type engine interface {
	// connect opens a pool of connections that only read, or that write.
	connect(purpose) (*sql.DB, error)
	// provider brings the tables of a database to their newest version.
	provider(write *sql.DB, files fs.FS) (*goose.Provider, error)
	// lock makes a transaction the only one that writes until it ends.
	lock(ctx context.Context, tx *sql.Tx) error
	// check reads through the database; the error names what is wrong.
	check(ctx context.Context, read *sql.DB) error
	// backup writes a consistent copy to a SQLite file that does not exist yet.
	backup(ctx context.Context, d *DB, path string) error
	// watch tells of what anybody commits, until the context ends.
	watch(ctx context.Context, w Watcher) error
	// name says which database it is, without its password.
	name() string
}

type purpose int

const (
	reading purpose = iota
	writing
)

// DB is an open database, brought to the newest version of its tables.
type DB struct {
	engine
	read  *sql.DB
	write *sql.DB
}

// IsServer reports whether an address is that of a database on a Postgres server,
// and not the path of a file.
func IsServer(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Open opens a database, which is a SQLite file, made if there is none, or one of a
// Postgres server by its postgres:// address, which must be there and may be empty.
// It migrates it. Several processes may have it open. A server that cannot be reached
// or lets nobody in is Unavailable; a database of a newer program is Invalid.
func Open(ctx context.Context, address string) (*DB, error) {
	kind, err := engineOf(address)
	if err != nil {
		return nil, err
	}
	write, err := kind.connect(writing)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, kind, write); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", kind.name(), err), write.Close())
	}
	read, err := kind.connect(reading)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &DB{engine: kind, read: read, write: write}, nil
}

func engineOf(address string) (engine, error) {
	if IsServer(address) {
		return newPostgres(address)
	}
	return sqlite{path: address}, nil
}

func migrate(ctx context.Context, kind engine, write *sql.DB) error {
	provider, err := newProvider(kind, write)
	if err != nil {
		return err
	}
	if err := up(ctx, provider); err != nil {
		return err
	}
	return refuseNewer(ctx, provider)
}

func newProvider(kind engine, write *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return kind.provider(write, files)
}

// refuseNewer is Invalid for a database whose tables a newer program has made.
func refuseNewer(ctx context.Context, provider *goose.Provider) error {
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

// up migrates. Of two processes that do it to one file one may come to an error where
// the other got on; it tries again as long as anybody does.
func up(ctx context.Context, provider *goose.Provider) error {
	for before := int64(-1); ; {
		_, err := provider.Up(ctx)
		if err == nil {
			return nil
		}
		now, unknown := provider.GetDBVersion(ctx)
		if unknown != nil || now <= before {
			return err
		}
		before = now
	}
}

// Read is the pool for queries.
func (d *DB) Read() *sql.DB { return d.read }

// Write is the pool for single statements that change something.
func (d *DB) Write() *sql.DB { return d.write }

// Update runs a transaction that writes. It holds the database's write lock from
// its first statement, whoever else has the database open, so what it reads cannot
// change before it commits.
func (d *DB) Update(ctx context.Context, change func(tx *sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err = d.lock(ctx, tx)
	if err == nil {
		err = change(tx)
	}
	if err != nil {
		return errors.Join(err, ignoreOver(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ignoreOver forgives a rollback of what is over already: it was committed, or the
// connection that it was on is lost, and all of it with it.
func ignoreOver(err error) error {
	if errors.Is(err, sql.ErrTxDone) || fault.Is(err, fault.Unavailable) {
		return nil
	}
	return err
}

// Name says which database it is, for people: a file's path, or server and database
// without the password.
func (d *DB) Name() string { return d.name() }

// NameOf is the Name of the database at an address, which nobody opens.
func NameOf(address string) (string, error) {
	kind, err := engineOf(address)
	if err != nil {
		return "", err
	}
	return kind.name(), nil
}

// Check reads through the database; the error names what is wrong.
func (d *DB) Check(ctx context.Context) error {
	if err := d.check(ctx, d.read); err != nil {
		return fmt.Errorf("check the ledger: %w", err)
	}
	return nil
}

// Backup writes a consistent copy to a SQLite file that does not exist yet, while the
// database is in use. A copy of a ledger is a file, whatever the ledger is kept in. A
// database that a newer program has brought further since it was opened is Invalid: the
// copy would lack what that has added.
func (d *DB) Backup(ctx context.Context, path string) error {
	provider, err := newProvider(d.engine, d.write)
	if err == nil {
		err = refuseNewer(ctx, provider)
	}
	if err == nil {
		err = d.backup(ctx, d, path)
	}
	if err != nil {
		return fmt.Errorf("back up the ledger to %s: %w", path, err)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"beichen/internal/fault"
)

// postgres is a database on a Postgres server. Any number of nodes have it open.
type postgres struct {
	config *pgx.ConnConfig
}

// lockWithin bounds the wait for another writer.
const lockWithin = 10 * time.Second

// What else a connection is given. These are variables for tests alone.
var (
	connectWithin = 5 * time.Second
	answerWithin  = 30 * time.Second // for a word of the server
	// A node that vanishes inside a transaction keeps the write lock no longer.
	idleWithin = 10 * time.Second
)

// Connections of one node: few, for a server has some hundred to give.
const (
	serverReaders = 8
	serverWriters = 4
)

func newPostgres(address string) (*postgres, error) {
	config, err := pgx.ParseConfig(address) // its error leaves the password out
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "ledger.address")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWithin
	}
	// A peer that is cut off without a word is noticed within half a minute.
	config.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4,
	}}).DialContext
	for name, value := range map[string]string{
		"application_name":                    "beichen",
		"lock_timeout":                        milliseconds(lockWithin),
		"idle_in_transaction_session_timeout": milliseconds(idleWithin),
	} {
		if _, said := config.RuntimeParams[name]; !said {
			config.RuntimeParams[name] = value
		}
	}
	return &postgres{config}, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func (p *postgres) connect(purpose purpose) (*sql.DB, error) {
	config, connections := p.config.Copy(), serverWriters
	if purpose == reading {
		connections = serverReaders
		config.RuntimeParams["default_transaction_read_only"] = "on"
	}
	config.OnPgError = func(_ *pgconn.PgConn, said *pgconn.PgError) bool {
		// A server that became a standby stays one for this connection: after a
		// failover the next one finds the new primary.
		return said.Severity != "FATAL" && said.Code != readOnly
	}
	db := sql.OpenDB(connector{Connector: stdlib.GetConnector(*config), told: p.told, within: answerWithin, alive: connectWithin})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(time.Hour)
	return db, nil
}

// news is the migration that only Postgres has: what is committed is told to every
// node. Its number is taken; migrations of both engines go on after it.
//
//go:embed postgres_news.sql
var news string

const newsVersion = 4

// provider lets one of several nodes that start together migrate, and the others wait.
func (p *postgres) provider(write *sql.DB, files fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, err
	}
	tell := goose.NewGoMigration(newsVersion, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, news)
		return err
	}}, nil)
	return goose.NewProvider(goose.DialectPostgres, write, byBytes{files}, goose.WithDisableGlobalRegistry(true),
		goose.WithSessionLocker(locker), goose.WithGoMigrations(tell))
}

// byBytes are the migrations with columns that compare text byte by byte, as SQLite
// does: Postgres would sort by the language of its database, and two of them, or one
// after an upgrade of its dictionaries, differently.
type byBytes struct{ fs.FS }

var textColumn = regexp.MustCompile(`\bTEXT\b`)

// Open opens a migration.
func (b byBytes) Open(name string) (fs.File, error) {
	file, err := b.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return rewritten{file, strings.NewReader(textColumn.ReplaceAllString(string(text), `TEXT COLLATE "C"`))}, nil
}

type rewritten struct {
	fs.File
	text *strings.Reader
}

// Read reads the rewritten text.
func (r rewritten) Read(p []byte) (int, error) { return r.text.Read(p) }

// lock keeps every other writer out of all tables until the transaction ends, and no
// reader. That is what SQLite gives, and what callers lean on: the last admin is
// counted, an e-mail is looked up, and nobody writes in between. Serializable
// isolation would promise the same only to those who run under it too and try again
// when they are refused; an advisory lock only to those who ask for it; this holds
// against single statements and other programs as well. The transactions are short
// and few: nothing that is captured or measured waits for them. All of them name the
// tables in one order, so they do not wait for each other in a circle.
//
// Under READ COMMITTED each statement after it sees all that was committed before it.
func (p *postgres) lock(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `LOCK TABLE `+strings.Join(tables, ", ")+` IN SHARE ROW EXCLUSIVE MODE`)
	return err
}

// check reads all of every row: a page that is damaged fails its checksum.
func (p *postgres) check(ctx context.Context, read *sql.DB) error {
	for _, table := range tables {
		var characters int64
		if err := read.QueryRowContext(ctx, `SELECT COALESCE(SUM(LENGTH(CAST(t AS TEXT))), 0) FROM `+table+` t`).Scan(&characters); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	return nil
}

// Server is what a Postgres server says of itself.
type Server struct {
	Version string   // 15.6
	Off     []string // settings that are off, without which a crash of its machine loses what was committed
}

// Server asks the server that keeps a shared database.
func (d *DB) Server(ctx context.Context) (Server, error) {
	var s Server
	var fsync, synchronous, pages string
	err := d.read.QueryRowContext(ctx, `SELECT current_setting('server_version'), current_setting('fsync'),
		current_setting('synchronous_commit'), current_setting('full_page_writes')`).Scan(&s.Version, &fsync, &synchronous, &pages)
	s.Version, _, _ = strings.Cut(s.Version, " ") // what packaged it
	for _, setting := range []struct{ name, value string }{
		{"fsync", fsync}, {"synchronous_commit", synchronous}, {"full_page_writes", pages},
	} {
		if setting.value == "off" {
			s.Off = append(s.Off, setting.name)
		}
	}
	return s, err
}

func (p *postgres) name() string {
	return net.JoinHostPort(p.config.Host, strconv.Itoa(int(p.config.Port))) + "/" + p.config.Database
}

// Codes of Postgres that are more telling than their class.
const (
	readOnly           = "25006" // a standby, or a server in recovery
	lockNotAvailable   = "55P03"
	idleTooLong        = "25P03"
	shuttingDown       = "57P" // and what begins so: starting up, crashed
	noSuchDatabase     = "3D000"
	notPermitted       = "42501"
	notInEncoding      = "22021"
	untranslatable     = "22P05"
	tooManyConnections = "53300"
)

// told makes a fault of what Postgres says, or of its silence.
func (p *postgres) told(err error) error {
	said, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if isLost(err) {
			return fault.Wrap(err, fault.Unavailable, "ledger.away", "server", p.name())
		}
		return err
	}
	class := said.Code[:min(2, len(said.Code))]
	switch {
	case class == "23":
		return fault.Wrap(err, fault.Conflict, "ledger.constraint")
	case class == "08", strings.HasPrefix(said.Code, shuttingDown), said.Code == tooManyConnections:
		return fault.Wrap(err, fault.Unavailable, "ledger.away", "server", p.name())
	case class == "28", said.Code == noSuchDatabase, said.Code == notPermitted:
		return fault.Wrap(err, fault.Unavailable, "ledger.refused", "server", p.name(), "reason", said.Message)
	case class == "40", class == "53", class == "57", class == "58", said.Code == lockNotAvailable, said.Code == idleTooLong, said.Code == readOnly:
		return fault.Wrap(err, fault.Unavailable, "ledger.failing", "reason", said.Message)
	case said.Code == notInEncoding, said.Code == untranslatable:
		return fault.Wrap(err, fault.Invalid, "ledger.text")
	}
	return err
}

// isLost reports whether an error is of a connection and not of what was asked. A
// context that ended is one of ours: the wait for the server, see connector.
func isLost(err error) bool {
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connecting) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

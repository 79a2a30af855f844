package importer

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// engine is a DuckDB of the import's own: in memory, spilling into a folder
// that ends with it. Expressions of a mapping see its tables and nothing else:
// neither files nor the network.
type engine struct {
	db  *sql.DB
	dir string
}

// memoryLimit is what DuckDB may hold before it spills to disk.
const memoryLimit = "1GB"

// newEngine opens the database. It may read the Parquet files of paths, which
// DuckDB reads itself.
func newEngine(ctx context.Context, zone *time.Location, paths []string) (*engine, error) {
	dir, err := os.MkdirTemp("", "beichen-import-")
	if err != nil {
		return nil, err
	}
	connector, err := duckdb.NewConnector("?autoinstall_known_extensions=false&autoload_known_extensions=false", nil)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	e := &engine{db: sql.OpenDB(connector), dir: dir}
	e.db.SetMaxOpenConns(1) // one connection, so that its settings and temporary tables hold for all
	allowed := make([]string, len(paths))
	for i, p := range paths {
		allowed[i] = literal(p)
	}
	for _, setting := range []string{
		"SET temp_directory = " + literal(dir),
		"SET memory_limit = " + literal(memoryLimit),
		"SET TimeZone = " + literal(zone.String()),
		"SET preserve_insertion_order = true",
		// It would take a part that two TRYs share out of both, and then fail.
		"SET disabled_optimizers = 'common_subexpressions'",
		"SET allowed_paths = [" + strings.Join(allowed, ", ") + "]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	} {
		if _, err := e.db.ExecContext(ctx, setting); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", setting, err), e.close())
		}
	}
	return e, nil
}

func (e *engine) close() error {
	return errors.Join(e.db.Close(), os.RemoveAll(e.dir))
}

// appendTo runs fill with an appender to each table. DuckDB's appenders write
// through when fill is done.
func (e *engine) appendTo(ctx context.Context, tables []string, fill func([]*duckdb.Appender) error) error {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		appenders := make([]*duckdb.Appender, 0, len(tables))
		for _, table := range tables {
			a, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), "", table)
			if err != nil {
				return errors.Join(err, closeAll(appenders))
			}
			appenders = append(appenders, a)
		}
		return errors.Join(fill(appenders), closeAll(appenders))
	})
}

func closeAll(appenders []*duckdb.Appender) error {
	var all error
	for _, a := range appenders {
		all = errors.Join(all, a.Close())
	}
	return all
}

// columns are the names of a table's columns.
func (e *engine) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := e.db.QueryContext(ctx, "SELECT * FROM "+quoted(table)+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// literal is text as an SQL literal, for statements that take no parameters.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// reason is what DuckDB says is wrong, in its first line: what follows lists
// candidates and repeats the statement.
func reason(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(first)
}

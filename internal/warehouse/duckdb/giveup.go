package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"
)

// A statement that is given up is not interrupted. After duckdb_interrupt, DuckDB 1.5.6
// now and then keeps the connection, and with it the file: who opens that again in the
// same process, as rewrite does, waits for ever for the engine to let go of it. So a
// question ends with the next chunk of its answer, and a short one when it is answered.

// uninterrupted opens the driver's connections for database/sql.
type uninterrupted struct{ *duckdb.Connector }

// Connect implements driver.Connector.
func (u uninterrupted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := u.Connector.Connect(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	c, is := conn.(*duckdb.Conn)
	if !is {
		return nil, fmt.Errorf("the driver's connection is a %T", conn)
	}
	return patient{c}, nil
}

// patient is a connection whose statements are carried out to their end once they have
// begun.
type patient struct{ *duckdb.Conn }

// QueryContext implements driver.QueryerContext.
func (p patient) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.Conn.QueryContext(context.WithoutCancel(ctx), text, args)
}

// ExecContext implements driver.ExecerContext.
func (p patient) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.Conn.ExecContext(context.WithoutCancel(ctx), text, args)
}

// BeginTx implements driver.ConnBeginTx.
func (p patient) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return p.Conn.BeginTx(context.WithoutCancel(ctx), o)
}

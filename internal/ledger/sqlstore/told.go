package sqlstore

import (
	"context"
	"database/sql/driver"
	"io"
	"time"
)

// connector opens connections whose errors are faults already, whoever uses them:
// a constraint, a database that is away and one that is busy are the same for every
// engine and to every caller.
type connector struct {
	driver.Connector
	told func(error) error // makes a fault of what the engine says, or leaves it
	// within bounds the wait for a word of the engine, and alive that for whether an idle
	// connection is still good; 0: the engine bounds itself.
	within, alive time.Duration
}

// Connect opens a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, c.tell(ctx, err)
	}
	return connection{plain.(fullConn), c}, nil
}

// tell makes a fault of an error, unless the caller does not wait for it any more.
// What the pool acts on, driver.ErrBadConn, is still to be found in it.
func (c connector) tell(ctx context.Context, err error) error {
	if err == nil || err == driver.ErrBadConn || err == io.EOF || ctx.Err() != nil {
		return err
	}
	return c.told(err)
}

// wait gives what is asked of an engine its time; the time begins.
func (c connector) wait(ctx context.Context) (context.Context, *waiting) {
	if c.within == 0 {
		return ctx, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	return ctx, &waiting{cancel: cancel, within: c.within, timer: time.AfterFunc(c.within, cancel)}
}

// waiting is for an engine's answer, or for nothing: nil.
type waiting struct {
	cancel context.CancelFunc
	timer  *time.Timer
	within time.Duration
}

// again begins the time anew: something came.
func (w *waiting) again() {
	if w != nil {
		w.timer.Reset(w.within)
	}
}

// rest stops the time, until it begins again.
func (w *waiting) rest() {
	if w != nil {
		w.timer.Stop()
	}
}

// end is the end of it.
func (w *waiting) end() {
	if w != nil {
		w.timer.Stop()
		w.cancel()
	}
}

// fullConn is what the drivers of both engines can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
}

type connection struct {
	fullConn
	connector connector
}

// ExecContext runs a statement.
func (c connection) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	asked, waiting := c.connector.wait(ctx)
	defer waiting.end()
	result, err := c.fullConn.ExecContext(asked, text, args)
	return result, c.connector.tell(ctx, err)
}

// QueryContext asks. Each row has its time.
func (c connection) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	asked, waiting := c.connector.wait(ctx)
	found, err := c.fullConn.QueryContext(asked, text, args)
	if err != nil {
		waiting.end()
		return nil, c.connector.tell(ctx, err)
	}
	return rows{found, c.connector, ctx, waiting}, nil
}

// BeginTx begins a transaction.
func (c connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	asked, waiting := c.connector.wait(ctx)
	begun, err := c.fullConn.BeginTx(asked, o)
	if err != nil {
		waiting.end()
		return nil, c.connector.tell(ctx, err)
	}
	waiting.rest()
	return transaction{begun, c.connector, ctx, waiting}, nil
}

// ResetSession asks whether an idle connection is still good. The pool tries several,
// one after the other.
func (c connection) ResetSession(ctx context.Context) error {
	if c.connector.alive > 0 {
		asked, cancel := context.WithTimeout(ctx, c.connector.alive)
		defer cancel()
		ctx = asked
	}
	return c.fullConn.ResetSession(ctx)
}

// IsValid reports whether the connection may go back to the pool.
func (c connection) IsValid() bool {
	v, ok := c.fullConn.(driver.Validator)
	return !ok || v.IsValid()
}

// CheckNamedValue lets a driver take values of its own kinds.
func (c connection) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.fullConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type rows struct {
	driver.Rows
	connector connector
	ctx       context.Context // of the question
	waiting   *waiting
}

// Next reads a row; io.EOF is the end.
func (r rows) Next(into []driver.Value) error {
	r.waiting.again()
	return r.connector.tell(r.ctx, r.Rows.Next(into))
}

// Close ends the answer.
func (r rows) Close() error {
	defer r.waiting.end()
	return r.connector.tell(r.ctx, r.Rows.Close())
}

type transaction struct {
	driver.Tx
	connector connector
	ctx       context.Context // of the transaction
	waiting   *waiting
}

// Commit makes the transaction durable. An error does not say that it is not: the
// answer may have been lost on the way.
func (t transaction) Commit() error {
	t.waiting.again()
	defer t.waiting.end()
	return t.connector.tell(t.ctx, t.Tx.Commit())
}

// Rollback undoes the transaction.
func (t transaction) Rollback() error {
	t.waiting.again()
	defer t.waiting.end()
	return t.connector.tell(t.ctx, t.Tx.Rollback())
}

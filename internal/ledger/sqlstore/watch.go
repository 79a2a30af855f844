package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// Change is what somebody committed, on whichever node.
type Change struct {
	What    What   `json:"what"`
	Kind    string `json:"kind"` // of Definition
	ID      string `json:"id"`
	Version int    `json:"version"`
	Author  string `json:"author"`
}

// What is the part of the ledger that changed.
type What string

// The parts. Anything is told whenever listening begins, also again: nobody knows what
// was committed before.
const (
	Definition What = "definition" // a revision or an approval
	Access     What = "access"     // members, keys, the workspace's settings, or a session that ended
	Facts      What = "facts"      // more of them are in the store that nodes share
	Anything   What = "anything"
)

// Watcher hears of changes.
type Watcher struct {
	// Hear is told of every change, in the order in which they were committed. When it
	// fails, listening begins again, and so is told of Anything.
	Hear func(context.Context, Change) error
	// Lost is told once when changes are not heard of any more, and why.
	Lost func(error)
	// Log is told what cannot be understood.
	Log *slog.Logger
}

// Shared reports whether other nodes may write to the database too, and Watch tells
// of what they commit.
func (d *DB) Shared() bool {
	_, server := d.engine.(*postgres)
	return server
}

// Watch tells of what is committed on a Postgres server, by this process too, until
// the context ends. It goes on by itself when the server was away. Of a file nothing
// is told: one process serves it, and knows what it writes.
func (d *DB) Watch(ctx context.Context, w Watcher) error { return d.watch(ctx, w) }

// How a listening connection is kept. The last two are variables for tests alone.
const (
	channel     = "beichen"
	listenAgain = time.Second // between two attempts
)

var (
	quiet    = 15 * time.Second // without news, the server is asked whether it is there
	answerIn = 5 * time.Second
)

func (p *postgres) watch(ctx context.Context, w Watcher) error {
	lost := false
	for ctx.Err() == nil {
		err := p.listen(ctx, w, func() { lost = false })
		if ctx.Err() != nil {
			return nil
		}
		if !lost {
			lost = true
			w.Lost(p.told(err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
	return nil
}

// listen hears until the connection is lost or Hear fails.
func (p *postgres) listen(ctx context.Context, w Watcher, listening func()) (err error) {
	conn, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerIn)
		defer cancel()
		err = errors.Join(err, conn.Close(closing))
	}()
	if err := within(ctx, answerIn, func(ctx context.Context) error {
		_, err := conn.Exec(ctx, "LISTEN "+channel)
		return err
	}); err != nil {
		return err
	}
	// From here on nothing is missed; what was committed before may have been.
	if err := w.Hear(ctx, Change{What: Anything}); err != nil {
		return err
	}
	listening()
	for {
		var heard Change
		err := within(ctx, quiet, func(ctx context.Context) error {
			n, err := conn.WaitForNotification(ctx)
			if err == nil {
				err = json.Unmarshal([]byte(n.Payload), &heard)
			}
			return err
		})
		var unknown *json.SyntaxError
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			err = within(ctx, answerIn, conn.Ping)
		case errors.As(err, &unknown): // somebody else's word on the channel
			w.Log.Warn("a notification that is not of Beichen", "channel", channel, "error", err)
			err = nil
		case err == nil:
			err = w.Hear(ctx, heard)
		}
		if err != nil {
			return err
		}
	}
}

func within(ctx context.Context, d time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return do(ctx)
}

package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Turns are how nodes that share a Postgres server do one thing one after the other.
// One turn is taken at a time.
type Turns struct {
	server *postgres
	name   string // of the thing
	news   string // that it was done
	conn   *pgx.Conn
}

// Turn is the right to do it: an advisory lock, which Postgres holds for as long as the
// connection that took it. So whoever can still ask on that connection has had the lock
// all the time, and a node that vanishes or sleeps loses it.
type Turn struct {
	turns *Turns
	beat  sync.WaitGroup
	stop  context.CancelFunc

	mu   sync.Mutex // a connection is asked one thing at a time
	conn *pgx.Conn
	lost error
}

// How a turn is kept: a node that sleeps or is cut off is not heard within loseAfter,
// and the next one has its turn.
const (
	loseAfter = 20 * time.Second
	beatEvery = loseAfter / 4
)

// askAgain is how long a node waits for the turn before it asks anew: others may load
// for long, and only an answer tells that there is still somebody who will give it. It is
// a variable for tests alone.
var askAgain = 5 * time.Second

// Turns gives the turns of a thing, of which Watch tells each time that it was done. It
// is for a shared database only. They are to be closed.
func (d *DB) Turns(name string, done What) (*Turns, error) {
	server, shared := d.engine.(*postgres)
	if !shared {
		return nil, fmt.Errorf("nobody takes turns with a database that is a file: %s", d.Name())
	}
	news, err := json.Marshal(Change{What: done})
	return &Turns{server: server, name: name, news: string(news)}, err
}

// Take waits for the turn, which is to be ended before the next one is taken. It fails
// where Postgres is away, or with the context.
func (t *Turns) Take(ctx context.Context) (*Turn, error) {
	kept := t.conn != nil
	err := t.lock(ctx)
	if err != nil && kept && ctx.Err() == nil {
		err = t.lock(ctx) // the connection that was kept may have ended long ago
	}
	if err != nil {
		return nil, t.told(ctx, err)
	}
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	turn := &Turn{turns: t, stop: stop, conn: t.conn}
	turn.beat.Go(func() { turn.keep(beating) })
	return turn, nil
}

func (t *Turns) lock(ctx context.Context) (err error) {
	if t.conn == nil {
		config := t.server.config.Copy()
		config.RuntimeParams["lock_timeout"] = milliseconds(askAgain)
		if t.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			return err
		}
	}
	const text = `SELECT set_config('idle_session_timeout', $2, false), pg_advisory_lock(hashtextextended($1, 0))`
	for {
		err = within(ctx, askAgain+answerIn, func(ctx context.Context) error {
			_, err := t.conn.Exec(ctx, text, t.name, milliseconds(loseAfter))
			return err
		})
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == lockNotAvailable {
			continue
		}
		if err != nil {
			err = errors.Join(err, t.Close())
		}
		return err
	}
}

// Close ends the connection, and a turn with it.
func (t *Turns) Close() error {
	if t.conn == nil {
		return nil
	}
	closing, cancel := context.WithTimeout(context.Background(), answerIn)
	defer cancel()
	err := t.conn.Close(closing)
	t.conn = nil
	return err
}

func (t *Turns) told(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return t.server.told(err)
}

// keep says every now and then that the holder is there.
func (t *Turn) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(beatEvery):
		}
		// What is cut short in the middle of an answer ends the connection.
		if err := t.Held(context.WithoutCancel(ctx)); err != nil {
			return
		}
	}
}

// ask asks on the connection that has the lock. Once that has failed the turn is lost.
func (t *Turn) ask(ctx context.Context, text string, args []any, into ...any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lost == nil {
		t.lost = within(ctx, answerIn, func(ctx context.Context) error { return t.conn.QueryRow(ctx, text, args...).Scan(into...) })
	}
	return t.turns.told(ctx, t.lost)
}

// Number numbers what is done in the turn: higher than after, and than any number that
// was given for the same thing before.
func (t *Turn) Number(ctx context.Context, after uint32) (number uint32, err error) {
	const text = `
		INSERT INTO turns (name, number) VALUES ($1, CAST($2 AS BIGINT) + 1)
		ON CONFLICT (name) DO UPDATE SET number = GREATEST(turns.number, CAST($2 AS BIGINT)) + 1
		RETURNING number`
	err = t.ask(ctx, text, []any{t.turns.name, int64(after)}, &number)
	return number, err
}

// Held fails unless nobody else can have had the turn since it was taken.
func (t *Turn) Held(ctx context.Context) error {
	var one int
	return t.ask(ctx, `SELECT 1`, nil, &one)
}

// End lets the next node go on. Where something was done, all nodes are told.
func (t *Turn) End(ctx context.Context, done bool) error {
	t.stop()
	t.beat.Wait()
	// All, since the lock may have been given more than once: where that is so in the very
	// moment in which lock_timeout runs out, Postgres says that it was not, and it was.
	const unlock = `SELECT pg_advisory_unlock_all()::TEXT || set_config('idle_session_timeout', '0', false)`
	const tell = unlock + ` || pg_notify('` + channel + `', $1)::TEXT`
	text := unlock
	var args []any
	if done {
		text, args = tell, []any{t.turns.news}
	}
	var nothing string
	err := t.ask(context.WithoutCancel(ctx), text, args, &nothing)
	if err != nil {
		err = errors.Join(err, t.turns.Close())
	}
	return err
}

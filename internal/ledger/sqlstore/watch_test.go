package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// ear hears what is told to one node.
type ear struct {
	t     *testing.T
	heard chan sqlstore.Change
	lost  chan error
}

// hearkening is a node that watches a database until the test ends.
func hearkening(t *testing.T, db *sqlstore.DB) ear {
	t.Helper()
	e := ear{t, make(chan sqlstore.Change, 1000), make(chan error, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- db.Watch(ctx, sqlstore.Watcher{
			Hear: func(_ context.Context, c sqlstore.Change) error { e.heard <- c; return nil },
			Lost: func(err error) { e.lost <- err },
			Log:  slog.New(slog.DiscardHandler),
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e ear) next() sqlstore.Change {
	e.t.Helper()
	select {
	case c := <-e.heard:
		return c
	case <-time.After(30 * time.Second):
		e.t.Fatal("nothing was told for half a minute")
		panic("unreachable")
	}
}

// want is what is told next, and nothing before it.
func (e ear) want(all ...sqlstore.Change) {
	e.t.Helper()
	for _, want := range all {
		if diff := cmp.Diff(want, e.next()); diff != "" {
			e.t.Error(diff)
		}
	}
}

var (
	anything = sqlstore.Change{What: sqlstore.Anything}
	access   = sqlstore.Change{What: sqlstore.Access}
)

func definition(id string, version int, author string) sqlstore.Change {
	return sqlstore.Change{What: sqlstore.Definition, Kind: "Journey", ID: id, Version: version, Author: author}
}

func TestEveryNodeIsToldOfWhatAnyNodeCommits(t *testing.T) {
	address := postgrestest.Database(t)
	one, two := open(t, address), open(t, address)
	ears := []ear{hearkening(t, one), hearkening(t, two)}
	for _, e := range ears {
		e.want(anything) // nobody knows what was committed before
	}
	ctx := t.Context()
	long := tea(2)
	long.Author = strings.Repeat("茶", 9000) // more than a notification can hold
	r := tea(1)
	r.Author = "Ada"
	add(t, one, r)
	add(t, two, long)
	if err := sqlstore.NewStore(two).Approve(ctx, "Journey", "tea", 1, ledger.Approval{By: "Grace", Reason: "yes", At: time.Unix(2, 0)}); err != nil {
		t.Fatal(err)
	}
	do := func(db *sqlstore.DB, statement string, args ...any) {
		t.Helper()
		if _, err := db.Write().ExecContext(ctx, statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	do(one, `INSERT INTO members (id, email, name, role, created_at) VALUES ('1', 'a', 'Ada', 'admin', 1)`)
	do(two, `UPDATE members SET disabled = 1 WHERE id = '1'`)
	do(two, `INSERT INTO keys (id, name, kind, scopes, prefix, secret_hash, created_at, created_by) VALUES ('1', '', '', '', '', '', 1, '')`)
	do(one, `UPDATE keys SET revoked_at = 1`)
	do(one, `INSERT INTO workspace (id, settings) VALUES (1, '{}')`)
	do(two, `INSERT INTO sessions (token_hash, data, expires_at) VALUES ('1', '', 1)`)
	do(one, `DELETE FROM sessions`)
	// What is written all the time is not told: when somebody was here, what they did.
	do(one, `UPDATE members SET last_seen_at = 2`)
	do(one, `UPDATE keys SET last_used_at = 2`)
	do(one, `INSERT INTO audit (id, at, member, action, subject) VALUES ('1', 1, '', '', '')`)
	broken := errors.New("no")
	if err := one.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM members`); err != nil {
			return err
		}
		return broken // nor what was never committed
	}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	last := tea(3)
	last.Author = "Ada"
	add(t, one, last)
	for _, e := range ears {
		e.want(definition("tea", 1, "Ada"), definition("tea", 2, strings.Repeat("茶", 200)), definition("tea", 1, "Grace"),
			access, access, access, access, access, access, definition("tea", 3, "Ada"))
	}
}

// A word of somebody else on the channel does not end the listening.
func TestAStrangersNotificationIsPassedOver(t *testing.T) {
	db := open(t, postgrestest.Database(t))
	e := hearkening(t, db)
	e.want(anything)
	if _, err := db.Write().ExecContext(t.Context(), `NOTIFY beichen, 'hello?'`); err != nil {
		t.Fatal(err)
	}
	add(t, db, tea(1))
	e.want(definition("tea", 1, ""))
}

func TestWhoListensIsToldToLookAgainAfterTheServerWasAway(t *testing.T) {
	server := postgrestest.Start(t)
	db := open(t, server.Database(t))
	e := hearkening(t, db)
	e.want(anything)
	for version, halt := range []func(testing.TB){server.Stop, server.Crash} {
		halt(t)
		wantFault(t, "why nothing is heard", <-e.lost, "ledger.away")
		server.Resume(t)
		e.want(anything)
		add(t, db, tea(version+1))
		e.want(definition("tea", version+1, ""))
	}
	if len(e.lost) > 0 {
		t.Errorf("it was told more than once an outage: %v", <-e.lost)
	}
}

// What could not be dealt with is told again.
func TestAChangeThatIsNotTakenIsToldAgain(t *testing.T) {
	db := open(t, postgrestest.Database(t))
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	err := db.Watch(ctx, sqlstore.Watcher{
		Hear: func(_ context.Context, c sqlstore.Change) error {
			if told++; c != anything {
				t.Errorf("told of %+v", c)
			}
			if told == 1 {
				return fmt.Errorf("not now")
			}
			cancel()
			return nil
		},
		Lost: func(error) {},
		Log:  slog.New(slog.DiscardHandler),
	})
	if err != nil || told != 2 {
		t.Errorf("told %d times, %v", told, err)
	}
}

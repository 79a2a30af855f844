package sqlstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// node is one of several that take turns at loading tea.
func node(t *testing.T, address string) (*sqlstore.DB, *sqlstore.Turns) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := db.Turns("tea", sqlstore.Facts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := turns.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, turns
}

func take(t *testing.T, turns *sqlstore.Turns) *sqlstore.Turn {
	t.Helper()
	turn, err := turns.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func number(t *testing.T, turn *sqlstore.Turn, after, want uint32) {
	t.Helper()
	if n, err := turn.Number(t.Context(), after); err != nil || n != want {
		t.Errorf("after %d: number %d, want %d, %v", after, n, want, err)
	}
}

func TestOneNodeAtATimeHasTheTurn(t *testing.T) {
	address := postgrestest.Database(t)
	db, here := node(t, address)
	_, there := node(t, address)
	heard := hearkening(t, db)
	heard.want(sqlstore.Change{What: sqlstore.Anything})

	first := take(t, here)
	number(t, first, 0, 1)
	number(t, first, 40, 41)
	taken := make(chan *sqlstore.Turn)
	go func() {
		turn, err := there.Take(t.Context())
		if err != nil {
			t.Error(err)
		}
		taken <- turn
	}()
	select {
	case <-taken:
		t.Fatal("two have the turn")
	case <-time.After(100 * time.Millisecond):
	}
	if err := first.Held(t.Context()); err != nil {
		t.Error(err)
	}
	if err := first.End(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	second := <-taken
	number(t, second, 7, 42) // the other one's were higher
	if err := second.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	again := take(t, here)
	if err := again.End(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		heard.want(sqlstore.Change{What: sqlstore.Facts})
	}
}

// A holder whose connection ends has lost the turn for good, and is told so when it asks.
func TestATurnIsLostWithItsConnection(t *testing.T) {
	address := postgrestest.Database(t)
	db, here := node(t, address)
	_, there := node(t, address)
	lost := take(t, here)
	number(t, lost, 0, 1)
	const hang = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	if _, err := db.Write().ExecContext(t.Context(), hang); err != nil {
		t.Fatal(err)
	}
	next := take(t, there)
	if err := lost.Held(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the turn is lost and its holder hears %v", err)
	}
	if n, err := lost.Number(t.Context(), 0); err == nil {
		t.Errorf("the turn is lost and its holder gets number %d", n)
	}
	if err := lost.End(t.Context(), true); err == nil {
		t.Error("the turn is lost and its holder ends it")
	}
	number(t, next, 0, 2)
	if err := next.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	again := take(t, here)
	number(t, again, 0, 3)
	if err := again.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyTakesTurnsWithAFile(t *testing.T) {
	db, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Turns("tea", sqlstore.Facts); err == nil {
		t.Error("a file has turns")
	}
}

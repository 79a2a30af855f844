package sqlstore_test

import (
	"syscall"
	"testing"
	"time"

	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// TestATurnThatIsGivenAsTheWaitForItEndsIsGivenOn has Postgres give the lock while the
// process that waits for it sleeps, as one does on a machine with too much to do, and has
// the wait end before it wakes up: it hears that it was not given the lock, and has it.
func TestATurnThatIsGivenAsTheWaitForItEndsIsGivenOn(t *testing.T) {
	const wait = 200 * time.Millisecond
	sqlstore.AskAgain(t, wait)
	address := postgrestest.Database(t)
	db, here := node(t, address)
	_, there := node(t, address)
	ask := func(text string) (n int) {
		t.Helper()
		const locks = ` FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
		if err := db.Write().QueryRowContext(t.Context(), text+locks).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first, taken := take(t, here), make(chan *sqlstore.Turn)
	go func() {
		turn, err := there.Take(t.Context())
		if err != nil {
			t.Error(err)
		}
		taken <- turn
	}()
	waits := 0
	for waits == 0 {
		waits = ask("SELECT coalesce(max(pid) FILTER (WHERE NOT granted), 0)")
	}
	if err := syscall.Kill(waits, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(wait + 50*time.Millisecond)
	if err := first.End(t.Context(), false); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(waits, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	second := <-taken
	if second == nil {
		t.FailNow()
	}
	if err := second.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if ask("SELECT count(*)") != 0 {
		t.Error("nobody has the turn, and nobody else can have it")
	}
}

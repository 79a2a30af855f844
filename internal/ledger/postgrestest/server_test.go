package postgrestest

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A run without PostgreSQL must never pass for one with it.
func TestAMissingPostgreSQLSaysHowToInstallIt(t *testing.T) {
	s, err := start(t.TempDir())
	if err == nil {
		t.Fatal("a server without its programs: ", s.close())
	}
	for _, command := range []string{"scripts/postgres", "apt-get install postgresql-15"} {
		if !strings.Contains(err.Error(), command) {
			t.Errorf("%v does not say %q", err, command)
		}
	}
}

func TestWhatWasCommittedOutlivesACrash(t *testing.T) {
	s := Start(t)
	address := s.Database(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (n BIGINT); INSERT INTO kept VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	s.Crash(t)
	if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a crashed server answers")
	}
	s.Resume(t)
	conn, err = pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := errors.Join(conn.QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n), conn.Close(t.Context())); err != nil || n != 7 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestAServerLeavesNothingBehind(t *testing.T) {
	s, err := start(programs)
	if err != nil {
		t.Fatal(err)
	}
	child := s.child.Process
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder is left: %v", err)
	}
	if err := child.Signal(os.Interrupt); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("its process is left: %v", err)
	}
}

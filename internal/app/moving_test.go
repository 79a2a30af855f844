package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
)

// lifted is a workspace whose ledger was being moved when its program ended: after what
// dies does.
func lifted(t *testing.T, o Options, to string, dies func(*mover) error) {
	t.Helper()
	w, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMover(t.Context(), w, []string{to}, nil)
	if err == nil {
		err = errors.Join(w.Intake.Halt(t.Context()), m.finish(t.Context()), dies(m), m.close(), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func keyOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return ""
}

// Wherever in its switch a program ends, nobody takes what is left for a workspace, and
// the same command given again comes to one place that has everything.
func TestAMoveThatEndedInItsSwitchIsCompleted(t *testing.T) {
	for what, c := range map[string]struct {
		back bool // from Postgres into the folder
		dies func(*mover) error
	}{
		"it was remembered and not committed": {false, func(m *mover) error { return m.switching(m.w.Dir, time.Now()).write(m.w.Dir) }},
		"it was committed":                    {false, func(m *mover) error { return m.commit(t.Context()) }},
		"it was settled but for the end": {false, func(m *mover) error {
			err := m.commit(t.Context())
			return errors.Join(err, renameStore(ledgerFile(m.w.Dir), m.aside(ledgerFile(m.w.Dir))), m.moving.Ledger.To.write(ledgerSign(m.w.Dir)))
		}},
		"back, it was remembered and not committed": {true, func(m *mover) error { return m.switching(m.w.Dir, time.Now()).write(m.w.Dir) }},
		"back, the new file had its name": {true, func(m *mover) error {
			return errors.Join(m.commit(t.Context()), m.close(), renameStore(ledgerInMaking(m.w.Dir), ledgerFile(m.w.Dir)))
		}},
	} {
		here := Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: time.Now}
		there := here
		there.Ledger = postgrestest.Database(t)
		from, to, place := here, there, there.Ledger
		if c.back {
			from, to, place = there, here, Folder
		}
		define(t, from)
		lifted(t, from, place, c.dies)
		for _, o := range []Options{here, there} {
			if _, err := Open(t.Context(), o); keyOf(err) != "move.half-switched" {
				t.Errorf("%s: opened in between: %v", what, err)
			}
		}
		done, err := Move(t.Context(), MoveOptions{Options: from, To: []string{place}, Language: fault.English, Told: func(MoveEvent) {}})
		if err != nil || done.Ledger == nil {
			t.Errorf("%s: %+v, %v", what, done, err)
			continue
		}
		if _, err := Open(t.Context(), from); err == nil {
			t.Errorf("%s: the old place is still opened", what)
		}
		w, err := Open(t.Context(), to)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if history, err := w.Ledger.History(t.Context(), ledger.Journey, "tea"); err != nil || len(history) != 1 {
			t.Errorf("%s: %d revisions, %v", what, len(history), err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(movingFile(here.Dir)); err == nil {
			t.Errorf("%s: the move is still remembered", what)
		}
	}
}

// define makes a workspace with one definition.
func define(t *testing.T, o Options) {
	t.Helper()
	w, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	documents, problem := ledger.ReadDocuments("tea.yaml", []byte("kind: Journey\nid: tea\nstages:\n  - { id: seen, steps: [{ id: look, when: [{ event: Tea Seen }] }] }\n"))
	if problem != nil {
		t.Fatal(problem)
	}
	_, err = w.Ledger.Put(context.WithoutCancel(t.Context()), ledger.Write{Kind: ledger.Journey, ID: "tea", Author: "ann", Reason: "first"}, documents[0].Body)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
}

// Files that are laid aside on one day do not replace each other.
func TestWhatIsLaidAsideStays(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	m := moving{Facts: &route{To: sign{ClickHouse: "main/tea"}}}
	var names []string
	for range 3 {
		s := m.switching(dir, now)
		names = append(names, s.Date)
		if err := os.WriteFile(s.aside(factsFile(dir)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := [3]string{"2026-03-01", "2026-03-01-2", "2026-03-01-3"}; [3]string(names) != want {
		t.Errorf("laid aside as %v", names)
	}
}

package duckdb

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// The statement that is told is the one that runs, but for names that stand where a
// store has their codes.
func TestTheStatementThatIsToldIsTheOneThatRuns(t *testing.T) {
	w, err := Open(context.Background(), filepath.Join(t.TempDir(), "facts.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	name, at := "Tea’s “Ordered”", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: 1}, Refs: []event.Ref{{ID: "u"}}, Messages: []warehouse.Stored{{
		Customer: 1, Message: &event.Message{Type: event.Track, UserID: "u", Seq: 1, MessageID: "m", Name: name, Time: at, ReceivedAt: at, Properties: json.RawMessage(`{"plan":"pro"}`)},
	}}}
	if err := w.Load(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	plan := event.Key{Root: event.Properties, Path: []string{"plan"}}
	s := warehouse.Scan{
		From: at, Until: at.Add(time.Hour), MaxSeq: 9, Keys: []event.Key{plan}, Segment: event.Filter{{Key: event.Key{Root: event.Channel}, Op: event.Ne, Operands: []any{"ads"}}},
		Patterns: []event.Pattern{{Name: name, Where: event.Filter{{Key: plan, Op: event.Eq, Operands: []any{"pro"}}}}},
	}
	for _, s.Group = range []*warehouse.Group{nil, {Cuts: []time.Time{at}}} {
		statement, arguments, _ := strings.Cut(Explain(s), "\n-- $1")
		code, _ := w.names.find(name)
		q := w.newScan(s)
		named := strings.NewReplacer(literal(name), codeText(code), "ELSE ''", "ELSE "+codeText(0)).Replace(statement)
		if ran := q.sql(); named != ran {
			t.Errorf("told %s\nran  %s", statement, ran)
		}
		if strings.Count(arguments, "\n-- $") != len(q.args)-1 || !strings.Contains(arguments, "2026-11-01") {
			t.Errorf("its arguments: %s", arguments)
		}
	}
}

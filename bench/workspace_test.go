package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"beichen/bench/history"
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// TestAWorkspaceIsWhatLoadingItWrites holds the short way of writing facts to
// the long one, through the warehouse's own Load.
func TestAWorkspaceIsWhatLoadingItWrites(t *testing.T) {
	plan := history.Plan{Events: 3000, Seed: 3}
	written, loaded := t.TempDir(), t.TempDir()
	if err := writeWorkspace(t.Context(), written, plan); err != nil {
		t.Fatal(err)
	}
	loadWorkspace(t, loaded, plan)
	for _, query := range []string{
		"SELECT * FROM position",
		"SELECT * FROM digest",
		"SELECT * FROM refs ORDER BY number",
		"SELECT kind, text FROM words ORDER BY ALL",
		// Codes are given in the order of arrival, so words are compared by their texts.
		`SELECT e.* REPLACE (n.text AS name, c.text AS currency) FROM events e JOIN words n ON n.kind = 1 AND n.code = e.name
			LEFT JOIN words c ON c.kind = 2 AND c.code = e.currency ORDER BY seq`,
	} {
		if diff := gocmp.Diff(rowsOf(t, loaded, query), rowsOf(t, written, query)); diff != "" {
			t.Errorf("%s (loaded −, written +):\n%s", query, diff)
		}
	}
}

// loadWorkspace brings a plan's events in as capture's loader does.
func loadWorkspace(t *testing.T, dir string, plan history.Plan) {
	t.Helper()
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: uint64(plan.Events)}}
	for r := plan.Read(); ; {
		run := r.Next()
		if run == nil {
			break
		}
		for i := range run.Len() {
			chunk.Messages = append(chunk.Messages, warehouse.Stored{Message: messageOf(run, i), Customer: identity.Number(run.Customer[i])})
		}
	}
	slices.SortFunc(chunk.Messages, func(a, b warehouse.Stored) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Customer, b.Customer))
	})
	for i := range chunk.Messages {
		chunk.Messages[i].Seq = uint64(i + 1)
	}
	for i := range plan.Customers() {
		chunk.Refs = append(chunk.Refs, event.Ref{ID: fmt.Sprintf("c%d", i+1)})
	}
	w, err := duckdb.Open(t.Context(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Load(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func rowsOf(t *testing.T, dir, query string) []string {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(dir, "facts.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(values...))
	}
	if len(all) == 0 {
		t.Fatalf("%s: no rows", query)
	}
	return all
}

// Package duckdbtest gives tests a store of their own.
package duckdbtest

import (
	"context"
	"path/filepath"
	"testing"

	"beichen/internal/warehouse/duckdb"
)

// Open gives an empty store, which ends with the test.
func Open(t testing.TB) *duckdb.Warehouse {
	t.Helper()
	w, err := duckdb.Open(context.Background(), filepath.Join(t.TempDir(), "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

package duckdb_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
	"beichen/internal/warehouse/warehousetest"
)

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse {
		w, err := duckdb.Open(context.Background(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	})
}

func TestAFileThatIsNoStoreIsRefusedWithAHint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	if err := os.WriteFile(path, []byte("this is a letter, not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := duckdb.Open(context.Background(), path, duckdb.Options{})
	if !fault.Is(err, fault.Unavailable) {
		t.Fatalf("%v", err)
	}
}

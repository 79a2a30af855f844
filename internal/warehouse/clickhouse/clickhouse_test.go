package clickhouse_test

import (
	"context"
	"fmt"
	"testing"

	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
	"beichen/internal/warehouse/warehousetest"
)

// options are those of a store in a database of the shared cluster.
func options(database string) clickhouse.Options {
	o := clickhouse.Options{Cluster: cluster.Name, Database: database, User: "default"}
	for _, address := range cluster.Addresses() {
		o.Shards = append(o.Shards, []string{address})
	}
	return o
}

// open opens the store of a name, which is empty the first time.
func open(t testing.TB, name string) *clickhouse.Warehouse {
	t.Helper()
	w, err := clickhouse.Open(context.Background(), options(name))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// fresh opens an empty store, which is closed with the test.
func fresh(t testing.TB) *clickhouse.Warehouse {
	t.Helper()
	w := open(t, fmt.Sprintf("%s %p", t.Name(), t))
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse { return open(t, dir) })
}

// TestOneMachineAndAClusterGiveTheSameAnswers is the promise to whoever moves from
// one to the other.
func TestOneMachineAndAClusterGiveTheSameAnswers(t *testing.T) {
	warehousetest.Agree(t, duckdbtest.Open(t), fresh(t))
}

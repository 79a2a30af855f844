package clickhouse_test

import (
	"context"
	"testing"

	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
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

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse { return open(t, dir) })
}

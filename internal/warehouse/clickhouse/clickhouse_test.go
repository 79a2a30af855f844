package clickhouse_test

import (
	"context"
	"testing"

	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
	"beichen/internal/warehouse/duckdb/duckdbtest"
	"beichen/internal/warehouse/warehousetest"
)

// open opens the store of a database, which is empty the first time.
func open(t testing.TB, database string) *clickhouse.Warehouse {
	t.Helper()
	w, err := clickhouse.Open(context.Background(), clustertest.Options(t, database))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse {
		w := open(t, dir)
		w.SetRun(100)
		return w
	})
}

// TestOneMachineAndAClusterGiveTheSameAnswers is the promise to whoever moves from
// one to the other.
func TestOneMachineAndAClusterGiveTheSameAnswers(t *testing.T) {
	cluster := clustertest.Open(t)
	cluster.SetWindow(150)
	cluster.SetRun(200)
	warehousetest.Agree(t, duckdbtest.Open(t), cluster)
}

func BenchmarkScanOfAMillion(b *testing.B) { warehousetest.BenchmarkScan(b, clustertest.Open(b)) }

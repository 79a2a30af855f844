package clickhouse_test

import (
	"context"
	"errors"
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
	w, err := ready(t, clustertest.Options(t, database))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse {
		w := open(t, dir)
		w.SetRun(100)
		w.SetLongest(40)
		return w
	})
}

// TestOneMachineAndAClusterGiveTheSameAnswers is the promise to whoever moves from
// one to the other.
func TestOneMachineAndAClusterGiveTheSameAnswers(t *testing.T) {
	cluster := clustertest.Open(t)
	cluster.SetWindow(150)
	cluster.SetRun(200)
	cluster.SetLongest(12)
	warehousetest.Agree(t, duckdbtest.Open(t), cluster)
}

func BenchmarkScanOfAMillion(b *testing.B) { warehousetest.BenchmarkScan(b, clustertest.Open(b)) }

// ready opens a store that answers.
func ready(t testing.TB, o clickhouse.Options) (*clickhouse.Warehouse, error) {
	w, err := clickhouse.Open(o)
	if err != nil {
		return nil, err
	}
	if err := w.Ready(context.WithoutCancel(t.Context())); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

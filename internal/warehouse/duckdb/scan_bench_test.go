package duckdb_test

import (
	"testing"

	"beichen/internal/warehouse/duckdb/duckdbtest"
	"beichen/internal/warehouse/warehousetest"
)

func BenchmarkScanOfAMillion(b *testing.B) { warehousetest.BenchmarkScan(b, duckdbtest.Open(b)) }

package clickhouse_test

import (
	"flag"
	"os"
	"testing"

	"beichen/internal/warehouse/clickhouse/clustertest"
)

// Properties are checked on fewer histories than elsewhere: each takes twenty
// questions to two servers, and a load. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	os.Exit(clustertest.Run(m))
}

package clickhouse_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"beichen/internal/warehouse/clickhousetest"
)

// cluster is the two-shard ClickHouse that all tests of the package share; each
// has a database of its own.
var cluster *clickhousetest.Cluster

// Properties are checked on fewer histories than elsewhere: each takes a dozen of
// questions to two servers. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	clickhousetest.Main()
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "beichen-clickhouse")
	if err == nil {
		defer os.RemoveAll(dir)
		cluster, err = clickhousetest.StartCluster(context.Background(), clickhousetest.Options{Dir: dir}, 2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := cluster.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

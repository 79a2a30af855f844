// Package clustertest gives tests a store in a real ClickHouse of two shards. A
// package that uses it hands its TestMain over to Run.
package clustertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhousetest"
)

// shared is the cluster of the process' tests, started when the first of them asks
// for it.
var shared struct {
	starting sync.Once
	dir      string
	cluster  *clickhousetest.Cluster
	err      error

	databases atomic.Int64
}

// Run runs the tests of a package and gives the code that its TestMain exits with.
// The cluster ends with them.
func Run(m *testing.M) int {
	clickhousetest.Main()
	code := m.Run()
	if shared.cluster != nil {
		shared.err = errors.Join(shared.err, shared.cluster.Close(), os.RemoveAll(shared.dir))
	}
	if shared.err != nil {
		fmt.Fprintln(os.Stderr, shared.err)
		return 1
	}
	return code
}

// Cluster is the cluster of the process' tests. A test has databases of its own in
// it, and does not stop it.
func Cluster(t testing.TB) *clickhousetest.Cluster {
	t.Helper()
	shared.starting.Do(func() {
		if shared.dir, shared.err = clickhousetest.TempDir(); shared.err == nil {
			shared.cluster, shared.err = clickhousetest.StartCluster(context.Background(), clickhousetest.Options{Dir: shared.dir}, 2)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cluster
}

// Options are those of a store in a database of the cluster.
func Options(t testing.TB, database string) clickhouse.Options {
	t.Helper()
	c := Cluster(t)
	o := clickhouse.Options{Cluster: c.Name, Database: database, User: "default"}
	for _, address := range c.Addresses() {
		o.Shards = append(o.Shards, []string{address})
	}
	return o
}

// Open gives an empty store, which ends with the test.
func Open(t testing.TB) *clickhouse.Warehouse {
	t.Helper()
	w, err := clickhouse.Open(Options(t, fmt.Sprint("test", shared.databases.Add(1))))
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

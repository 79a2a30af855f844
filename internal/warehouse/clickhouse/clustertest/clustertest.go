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
	mu        sync.Mutex
	free      []string // databases whose tests are over
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

// Open gives an empty store, which ends with the test. Its database may have been another
// test's before: tables are emptied sooner than made.
func Open(t testing.TB) *clickhouse.Warehouse {
	t.Helper()
	database := emptied(t)
	w, err := clickhouse.Open(Options(t, database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.free = append(shared.free, database)
	})
	return w
}

// emptied names a database that holds nothing but the marks of who made it.
func emptied(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	last := len(shared.free) - 1
	if last < 0 {
		shared.mu.Unlock()
		return fmt.Sprint("test", shared.databases.Add(1))
	}
	database := shared.free[last]
	shared.free = shared.free[:last]
	shared.mu.Unlock()
	for _, shard := range Cluster(t).Shards {
		if err := empty(t.Context(), shard, database); err != nil {
			t.Fatal(err)
		}
	}
	return database
}

func empty(ctx context.Context, shard *clickhousetest.Server, database string) error {
	conn, err := shard.Open()
	if err != nil {
		return err
	}
	defer conn.Close()
	var tables []string
	const filled = `SELECT groupArray(name) FROM system.tables
		WHERE database = $1 AND engine LIKE '%MergeTree' AND total_rows > 0 AND name NOT IN ('migrations', 'layout')`
	if err := conn.QueryRow(ctx, filled, database).Scan(&tables); err != nil {
		return err
	}
	for _, table := range tables {
		if err := conn.Exec(ctx, "TRUNCATE TABLE "+database+"."+table); err != nil {
			return err
		}
	}
	return nil
}

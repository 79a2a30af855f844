package clickhouse_test

import (
	"strings"
	"sync"
	"testing"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

func TestSeveralProgramsMayMakeTheTablesAtOnce(t *testing.T) {
	var opening sync.WaitGroup
	for range 4 {
		opening.Go(func() {
			w, err := ready(t, clustertest.Options(t, t.Name()))
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Close()
			if p, err := w.Position(t.Context()); err != nil || p != (warehouse.Position{}) {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	opening.Wait()
	w := open(t, t.Name())
	defer w.Close()
	if err := w.Load(t.Context(), chunkOf(warehouse.Position{}, 0, 10)); err != nil {
		t.Fatal(err)
	}
	holds(t, w, 10, 1)
}

func TestTablesOfANewerProgramAreRefused(t *testing.T) {
	open(t, t.Name()).Close()
	conn, err := driver.Open(&driver.Options{Addr: clustertest.Cluster(t).Addresses()[1:], Auth: driver.Auth{Database: t.Name()}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(t.Context(), "INSERT INTO migrations (version) VALUES (99)"); err != nil {
		t.Fatal(err)
	}
	_, err = ready(t, clustertest.Options(t, t.Name()))
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "99") {
		t.Errorf("%v", err)
	}
}

func TestShardsThatTheFactsWereNotLaidOutOverAreRefused(t *testing.T) {
	open(t, t.Name()).Close()
	one, turned, strange := clustertest.Options(t, t.Name()), clustertest.Options(t, t.Name()), clustertest.Options(t, t.Name()+" anew")
	one.Shards = one.Shards[:1]
	turned.Shards[0], turned.Shards[1] = turned.Shards[1], turned.Shards[0]
	strange.Shards[0], strange.Shards[1] = strange.Shards[1], strange.Shards[0]
	none := clickhouse.Options{Cluster: one.Cluster, Database: one.Database, User: one.User}
	for what, o := range map[string]clickhouse.Options{"none": none, "one of two": one, "in another order": turned, "not the servers' order": strange} {
		if _, err := ready(t, o); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAUserWhoIsNotKnownIsTold(t *testing.T) {
	o := clustertest.Options(t, t.Name())
	o.User, o.Password = "nobody", "secret"
	_, err := ready(t, o)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "nobody") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// TestReplicatedTablesAreNamedInKeeper looks at the statements: an engine that
// replicates cannot be had in tests.
func TestReplicatedTablesAreNamedInKeeper(t *testing.T) {
	statements, err := clickhouse.Statements(clickhouse.Options{Cluster: "beichen", Database: "tea", Engine: clickhouse.ReplicatedMergeTree})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(statements, "\n")
	for _, want := range []string{
		"ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/tea/events', '{replica}')",
		"ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/tea/quarantine', '{replica}', version)",
		"ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/tea/position', '{replica}', load)",
		"ENGINE = Distributed('beichen', currentDatabase(), events, customer)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s", want)
		}
	}
	if plain := strings.Count(all, "ENGINE = MergeTree"); plain != 1 {
		t.Errorf("%d tables are not replicated, want the layout of the node alone", plain)
	}
}

// TestANodeGoesOnWhenANewerProgramHasAddedToTheTables is what an upgrade of one node
// after the other needs: docs/operator/upgrading.md.
func TestANodeGoesOnWhenANewerProgramHasAddedToTheTables(t *testing.T) {
	w := open(t, t.Name())
	defer w.Close()
	first := chunkOf(warehouse.Position{}, 0, 10)
	if err := w.Load(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	for _, address := range clustertest.Cluster(t).Addresses() {
		conn, err := driver.Open(&driver.Options{Addr: []string{address}, Auth: driver.Auth{Database: t.Name()}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, table := range []string{"loads", "position", "refs", "accounts", "events", "identities", "quarantine",
			"all_refs", "all_accounts", "all_events", "all_identities", "all_quarantine"} {
			if err := conn.Exec(t.Context(), "ALTER TABLE "+table+" ADD COLUMN newer String DEFAULT 'unknown'"); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	if err := w.Load(t.Context(), chunkOf(first.Through, 10, 10)); err != nil {
		t.Fatal(err)
	}
	holds(t, w, 20, 2)
	page, err := w.Quarantine(t.Context(), warehouse.QuarantineQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Resolve(t.Context(), []string{page.Items[0].ID}, warehouse.Discarded, "Ada", page.Items[0].ReceivedAt); n != 1 || err != nil {
		t.Errorf("resolved %d, %v", n, err)
	}
}

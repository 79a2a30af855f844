package clickhouse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhousetest"
	"beichen/internal/wiretest"
)

// chunkOf makes a chunk that follows a position, of one event for each of some new
// customers, so that every shard has rows of it.
func chunkOf(after warehouse.Position, known, customers int) warehouse.Chunk {
	c := warehouse.Chunk{After: after, Through: warehouse.Position{Record: after.Record + 1, Seq: after.Seq + uint64(customers)}}
	for i := range customers {
		n := known + i + 1
		at := time.Date(2026, 3, 1, 0, 0, n, 0, time.UTC)
		c.Refs = append(c.Refs, event.Ref{ID: fmt.Sprint("u", n)})
		c.Messages = append(c.Messages, warehouse.Stored{Customer: identity.Number(n), Message: &event.Message{
			Seq: after.Seq + uint64(i) + 1, MessageID: fmt.Sprint("m", after.Seq+uint64(i)+1), Type: event.Track, UserID: fmt.Sprint("u", n),
			Name: "X", Time: at, ReceivedAt: at,
		}})
	}
	c.Quarantined = []warehouse.Quarantined{{ID: fmt.Sprint("q", after.Record), ReceivedAt: time.Unix(1, 0), Raw: []byte(`{}`), Status: warehouse.Open}}
	return c
}

// holds fails unless a store has the events, refs and quarantine of so many
// customers and chunks, each once.
func holds(t *testing.T, w warehouse.Warehouse, customers, chunks int) {
	t.Helper()
	var places []uint64
	err := w.Scan(t.Context(), warehouse.Scan{MaxSeq: 1 << 40}, func(b *warehouse.Batch) error {
		places = append(places, b.Seq[:b.Len]...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []uint64
	for i := range customers {
		want = append(want, uint64(i+1))
	}
	if !slices.Equal(places, want) {
		t.Errorf("events %v, want %v", places, want)
	}
	refs := 0
	if err := w.Refs(t.Context(), func(run []event.Ref) error { refs += len(run); return nil }); err != nil || refs != customers {
		t.Errorf("%d refs, want %d, %v", refs, customers, err)
	}
	page, err := w.Quarantine(t.Context(), warehouse.QuarantineQuery{})
	if err != nil || page.Total != int64(chunks) || len(page.Items) != chunks {
		t.Errorf("%d in quarantine, want %d, %v", page.Total, chunks, err)
	}
	digest, err := w.Digest(t.Context(), 1<<40)
	if err != nil || digest.Events != int64(customers) {
		t.Errorf("digest %+v, want one of %d events, %v", digest, customers, err)
	}
}

// TestALoadThatEndsBetweenTheShardsCountsNothing kills a shard before a chunk can be
// whole. What the other shard has of it must not count, neither before nor after the
// chunk is stored in other pieces.
func TestALoadThatEndsBetweenTheShardsCountsNothing(t *testing.T) {
	own, err := clickhousetest.StartCluster(t.Context(), clickhousetest.Options{Dir: t.TempDir()}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	}()
	o := clickhouse.Options{Cluster: own.Name, Database: "facts", User: "default"}
	// The second shard is reached through a door that can be shut for one side: the
	// loader's. The cluster itself still has it.
	door := wiretest.Lay(t, own.Addresses()[1])
	o.Shards = [][]string{{own.Addresses()[0]}, {door.Address()}}
	w, err := ready(t, o)
	if err != nil {
		t.Fatal(err)
	}
	first := chunkOf(warehouse.Position{}, 0, 10)
	if err := w.Load(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	holds(t, w, 10, 1)

	// The door shuts when the rows of the next chunk come through it.
	door.ShutAt("INSERT INTO events")
	second := chunkOf(first.Through, 10, 10)
	err = w.Load(t.Context(), second)
	if !fault.Is(err, fault.Unavailable) {
		t.Fatalf("half a chunk: %v", err)
	}
	if !strings.Contains(err.Error(), "shard 2 of 2") || !strings.Contains(err.Error(), door.Address()) {
		t.Errorf("%q does not say which shard is away", err)
	}
	door.Mend()
	if half := numberOf(t, own, 0, "SELECT count() FROM facts.events WHERE load = 2"); half != 5 {
		t.Fatalf("the first shard has %d rows of the chunk, want its half", half)
	}
	holds(t, w, 10, 1)

	// Another process comes, which cuts the log in another way.
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w, err = ready(t, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	holds(t, w, 10, 1)
	third := chunkOf(first.Through, 10, 3)
	for _, c := range []warehouse.Chunk{third, chunkOf(third.Through, 13, 20)} {
		if err := w.Load(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, w, 33, 3)

	// What was given up for lost comes to the shard after all.
	again := "INSERT INTO facts.events SELECT * FROM facts.events WHERE load = 2"
	execute(t, own, 0, again)
	holds(t, w, 33, 3)
	if err := w.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	holds(t, w, 33, 3)
	if left := numberOf(t, own, 0, "SELECT count() FROM facts.events WHERE load = 2"); left > 0 {
		t.Errorf("%d rows of a load that never was complete were not removed", left)
	}

	const incomplete = "SELECT length(incomplete) FROM facts.position ORDER BY load DESC LIMIT 1"
	if n := numberOf(t, own, 0, incomplete); n != 1 {
		t.Errorf("%d loads are known to be incomplete", n)
	}

	// A shard that is not there at all: no answer, and nothing begun.
	if err := own.Stop(1); err != nil {
		t.Fatal(err)
	}
	fourth := chunkOf(warehouse.Position{Record: 3, Seq: 33}, 33, 10)
	scan := func() error {
		return w.Scan(t.Context(), warehouse.Scan{MaxSeq: 99}, func(*warehouse.Batch) error { return nil })
	}
	for what, ask := range map[string]func() error{
		"load": func() error { return w.Load(t.Context(), fourth) }, "scan": scan,
		"names": func() error { _, err := w.Names(t.Context()); return err },
	} {
		if err := ask(); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "shard 2 of 2") {
			t.Errorf("%s without a shard: %v", what, err)
		}
	}
	if _, err := ready(t, o); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "shard 2 of 2") {
		t.Errorf("opened without a shard: %v", err)
	}
	if err := own.Start(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Load(t.Context(), fourth); err != nil {
		t.Fatal(err)
	}
	holds(t, w, 43, 4)
	if n := numberOf(t, own, 0, incomplete); n != 0 {
		t.Errorf("%d loads are still held to be incomplete, after nothing is left of them", n)
	}
}

func execute(t *testing.T, c *clickhousetest.Cluster, shard int, statement string) {
	t.Helper()
	conn, err := c.Shards[shard].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// numberOf asks a shard itself, also for rows that do not count.
func numberOf(t *testing.T, c *clickhousetest.Cluster, shard int, question string) uint64 {
	t.Helper()
	conn, err := c.Shards[shard].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var n uint64
	if err := conn.QueryRow(t.Context(), question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

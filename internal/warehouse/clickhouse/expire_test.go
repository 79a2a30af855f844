package clickhouse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// TestPartitionsGoOnceTheyHaveExpiredForGood has the events of four months of 30 days:
// what has expired counts no more at once, and is dropped by whole months, on every
// shard, but not before the word has stood for as long as one that fails is kept for.
func TestPartitionsGoOnceTheyHaveExpiredForGood(t *testing.T) {
	cluster := clustertest.Cluster(t)
	const database, month = "partitions", 30 * 24 * time.Hour
	w := open(t, database)
	defer w.Close()
	first := time.UnixMicro(0).UTC().Add(660 * month) // where a partition begins
	c := warehouse.Chunk{Through: warehouse.Position{Record: 1}}
	for i := range 80 {
		m := &event.Message{
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i), Type: event.Track, UserID: fmt.Sprint("u", i), Name: "X",
			Time: first.Add(time.Duration(i/20)*month + time.Duration(i%20)*24*time.Hour), ReceivedAt: first.Add(5 * month),
		}
		c.Refs = append(c.Refs, m.Ref())
		c.Messages = append(c.Messages, warehouse.Stored{Message: m, Customer: identity.Number(i + 1)})
	}
	c.Through.Seq = 80
	if err := w.Load(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	said := first.Add(6 * month)
	horizon := &event.Message{Seq: 81, MessageID: "expire", Type: event.Expire, Time: first.Add(2*month + 10*24*time.Hour), ReceivedAt: said}
	if err := w.Load(t.Context(), warehouse.Chunk{
		After: c.Through, Through: warehouse.Position{Record: 2, Seq: 81}, Messages: []warehouse.Stored{{Message: horizon}},
	}); err != nil {
		t.Fatal(err)
	}
	holds := func(what, partitions string) {
		t.Helper()
		for shard := range 2 {
			want := uint64(10 * len(strings.Fields(partitions)))
			if got := numberOf(t, cluster, shard, "SELECT count() FROM "+database+".events"); got != want {
				t.Errorf("%s: shard %d has %d rows, want %d", what, shard, got, want)
			}
			ids := numberOf(t, cluster, shard, "SELECT count() FROM system.parts WHERE active AND database = '"+database+"' AND table = 'events' AND partition NOT IN ("+quotedList(partitions)+")")
			if ids > 0 {
				t.Errorf("%s: shard %d has %d parts of other months than %s", what, shard, ids, partitions)
			}
		}
		digest, err := w.Digest(t.Context(), 99)
		stats, statsErr := w.Stats(t.Context())
		if err != nil || statsErr != nil || digest.Events != 30 || stats.Events != 30 || !stats.First.Equal(horizon.Time) {
			t.Errorf("%s: %d events since %s, %v, %v", what, digest.Events, stats.First, err, statsErr)
		}
	}
	holds("loaded", "660 661 662 663")
	if err := w.DropExpired(t.Context(), said); err != nil {
		t.Fatal(err)
	}
	holds("said just now", "660 661 662 663")
	for range 2 {
		if err := w.DropExpired(t.Context(), said.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		holds("said before", "662 663")
	}
	late := *c.Messages[0].Message
	late.Seq, late.MessageID = 82, "late"
	if err := w.Load(t.Context(), warehouse.Chunk{
		After: warehouse.Position{Record: 2, Seq: 81}, Through: warehouse.Position{Record: 3, Seq: 82}, Messages: []warehouse.Stored{{Message: &late, Customer: 1}},
	}); err != nil {
		t.Fatal(err)
	}
	holds("late", "662 663")
}

// quotedList writes words as literals.
func quotedList(words string) (text string) {
	for i, word := range strings.Fields(words) {
		if i > 0 {
			text += ", "
		}
		text += "'" + word + "'"
	}
	return text
}

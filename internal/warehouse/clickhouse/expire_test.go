package clickhouse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// TestBytesGoOnceTheyHaveExpiredForGood has the events of four months of 30 days: what has
// expired counts no more at once, and goes by whole months, and of the month that the
// horizon lies in once it is a fifth, on every shard, but not before the horizon was seen
// to stand for as long as what a load that failed left is kept for.
func TestBytesGoOnceTheyHaveExpiredForGood(t *testing.T) {
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
	now, horizon := first.Add(6*month), time.Time{}
	load := func(m *event.Message, of identity.Number) {
		t.Helper()
		after := c.Through
		c.Through = warehouse.Position{Record: after.Record + 1, Seq: after.Seq + 1}
		m.Seq, m.MessageID = c.Through.Seq, fmt.Sprint("m", c.Through.Seq)
		if err := w.Load(t.Context(), warehouse.Chunk{After: after, Through: c.Through, Messages: []warehouse.Stored{{Message: m, Customer: of}}}); err != nil {
			t.Fatal(err)
		}
	}
	expire := func(days int) {
		t.Helper()
		horizon = first.Add(2*month + time.Duration(days)*24*time.Hour)
		load(&event.Message{Type: event.Expire, Time: horizon, ReceivedAt: now}, 0)
	}
	holds := func(what, partitions string, want, counts uint64) {
		t.Helper()
		for shard := range 2 {
			if got := numberOf(t, cluster, shard, "SELECT count() FROM "+database+".events"); got != want {
				t.Errorf("%s: shard %d has %d rows, want %d", what, shard, got, want)
			}
			// Ids are found by a projection, which is to lose them as well.
			if got := numberOf(t, cluster, shard, "SELECT count() FROM (SELECT id_hash, load, message_id FROM "+database+".events WHERE id_hash > 0)"); got != want {
				t.Errorf("%s: shard %d knows %d ids, want %d", what, shard, got, want)
			}
			ids := numberOf(t, cluster, shard, "SELECT count() FROM system.parts WHERE active AND database = '"+database+"' AND table = 'events' AND partition NOT IN ("+quotedList(partitions)+")")
			if ids > 0 {
				t.Errorf("%s: shard %d has %d parts of other months than %s", what, shard, ids, partitions)
			}
		}
		digest, err := w.Digest(t.Context(), 99)
		stats, statsErr := w.Stats(t.Context())
		if err != nil || statsErr != nil || digest.Events != int64(counts) || stats.Events != int64(counts) || !stats.First.Equal(horizon) {
			t.Errorf("%s: %d events since %s, %v, %v", what, digest.Events, stats.First, err, statsErr)
		}
	}
	letGo := func(minutes int) {
		t.Helper()
		now = now.Add(time.Duration(minutes) * time.Minute)
		if err := w.LetGo(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	const all, left = "660 661 662 663", "662 663"
	expire(3)
	holds("said", all, 40, 37)
	letGo(0)
	letGo(60)
	holds("seen for an hour", all, 40, 37)
	letGo(1)
	holds("seen for longer, and of its month less than a fifth", left, 20, 37)
	expire(10)
	for range 2 {
		letGo(0)
		holds("another, just seen", left, 20, 30)
	}
	letGo(61)
	holds("half of its month", left, 15, 30)
	late := *c.Messages[0].Message
	load(&late, 1)
	letGo(61)
	holds("late", left, 15, 30)

	// Others' facts in the same tables are as old as they are.
	for shard := range 2 {
		for _, table := range []string{"events", "identities", "refs", "loads", "position"} {
			execute(t, cluster, shard, "TRUNCATE TABLE "+database+"."+table)
		}
	}
	other := open(t, database)
	defer other.Close()
	c.Through = warehouse.Position{Record: 1, Seq: 80}
	if err := other.Load(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	w, horizon = other, first
	for shard := range 2 {
		execute(t, cluster, shard, "OPTIMIZE TABLE "+database+".events FINAL")
	}
	holds("emptied and filled again", all, 40, 80)
}

// TestAHorizonIsProvenOnceItHasStood has one come, go with a load that did not count, and
// come again.
func TestAHorizonIsProvenOnceItHasStood(t *testing.T) {
	w := &clickhouse.Warehouse{}
	begin := time.Now()
	for _, step := range []struct{ minute, stands, proven int64 }{
		{0, 0, 0}, {10, 1, 0}, {60, 2, 0}, {70, 2, 0}, {71, 2, 1}, {80, 1, 1}, {121, 1, 1}, {130, 2, 1}, {190, 2, 1}, {191, 2, 2}, {400, 2, 2}, {401, 0, 0},
	} {
		if got := w.Proven(step.stands, begin.Add(time.Duration(step.minute)*time.Minute)); got != step.proven {
			t.Errorf("minute %d: %d is proven where %d stands, want %d", step.minute, got, step.stands, step.proven)
		}
	}
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

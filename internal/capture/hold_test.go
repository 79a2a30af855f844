package capture

import (
	"testing"
	"time"

	"beichen/internal/warehouse"
)

func TestSendersAreHeldBackAsTheLoaderFallsBehind(t *testing.T) {
	for _, c := range []struct {
		behind, room uint64
		want         time.Duration
	}{
		{0, 1000, 0}, {750, 1000, 0}, {875, 1000, onePaceHold / 4}, {1000, 1000, onePaceHold}, {1250, 1000, 4 * onePaceHold},
		{5_000_000, 1000, longestHold}, {1, 1, onePaceHold}, {0, 1, 0},
	} {
		if got := holdFor(c.behind, c.room); got != c.want {
			t.Errorf("%d behind, room for %d: held for %v, want %v", c.behind, c.room, got, c.want)
		}
	}
}

func TestATrickleIsLoadedSoonAndMoreWaitsForAChunk(t *testing.T) {
	const every = time.Second
	for _, c := range []struct {
		rule    string
		rows    int
		waited  time.Duration
		spilled bool
		want    bool
	}{
		{"a trickle waits", 100, every / 2, false, false},
		{"and is loaded", 100, every, false, true},
		{"more waits longer", 101, every, false, false},
		{"but not for ever", 101, patience * every, false, true},
		{"a whole chunk is due at once", 10_000, 0, false, true},
		{"what is left in the log too", 1, 0, true, true},
	} {
		i := &Intake{config: Config{ChunkRows: 10_000, LoadEvery: every}}
		i.tail.messages, i.tail.spilled = make([]warehouse.Stored, c.rows), c.spilled
		i.loader.since = time.Now().Add(-c.waited)
		if got := (&owned{Intake: i}).due(); got != c.want {
			t.Errorf("%s: due is %v", c.rule, got)
		}
	}
}

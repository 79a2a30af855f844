package retention

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
)

// TestTheCustomersOfCohortsAreThoseThatAreCounted counts the customers of random tables,
// and whether they came back, into the table that Measure tells; with the request as it is,
// and as it is settled.
func TestTheCustomersOfCohortsAreThoseThatAreCounted(t *testing.T) {
	returned := 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 79))
		around := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
		d := randomDefinition(t, r)
		m := &Measurer{Source: streamtest.InParts(randomHistories(r, around, d))}
		request := Request{
			Retention: d, Timezone: "Europe/Berlin", From: around.Add(-time.Duration(1+r.IntN(d.Intervals)) * lengthOf(d.Period)).Format(time.RFC3339),
			AsOf: around.Add(time.Duration(r.IntN(6)) * lengthOf(d.Period)).Format(time.RFC3339),
		}
		a, err := m.Measure(context.Background(), request)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]int
		for _, row := range a.Rows {
			want = append(want, row.Counts)
			for _, n := range row.Counts[1:] {
				returned += n
			}
		}
		starts, err := m.Starts(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := starts.Settled()
		if err != nil {
			t.Fatal(err)
		}
		settled, err := m.SettledStarts(text)
		if err != nil {
			t.Fatal(err)
		}
		for what, s := range map[string]*Starts{"asked": starts, "settled": settled} {
			if diff := cmp.Diff(want, counted(t, m.Source, s, d.Intervals)); diff != "" {
				t.Fatalf("seed %d, %s (−counts +customers): %s", seed, what, diff)
			}
		}
	}
	if returned < 30 {
		t.Errorf("only %d customers came back", returned)
	}
}

// counted are the counts of a table of so many intervals.
func counted(t *testing.T, source stream.Source, s *Starts, intervals int) [][]int {
	t.Helper()
	counts := make([][]int, intervals)
	for row := range counts {
		counts[row] = make([]int, intervals-row)
	}
	var mutex sync.Mutex
	take := func(start *Start) {
		mutex.Lock()
		defer mutex.Unlock()
		for k := range counts[start.Row] {
			if start.CameBack(k) {
				counts[start.Row][k]++
			}
		}
	}
	_, err := stream.EachPart(context.Background(), source, s.Ask(), func(part *stream.Streams) error {
		return s.Of(context.Background(), part, func() func(*Start) { return take })
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

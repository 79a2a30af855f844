package path

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// growing is what happens to customers, as a server comes to know it, and the same as
// the histories that the plain evaluator reads.
type growing struct {
	graph  *identity.Graph
	tail   []warehouse.Stored
	merged map[string]string // by id: the one it was merged into
	events []growingEvent
}

type growingEvent struct {
	who string
	bruteEvent
}

func (g *growing) Tail() (uint64, []warehouse.Stored) { return 0, slices.Clone(g.tail) }

func (g *growing) accept(m *event.Message) {
	m.Seq = uint64(len(g.tail) + 1)
	m.MessageID = fmt.Sprint(m.Seq)
	g.tail = append(g.tail, stream.Number(g.graph, m))
}

func (g *growing) happen(who, name string, t int) {
	g.accept(&event.Message{Type: event.Track, UserID: who, Name: name, Time: instant(t)})
	g.events = append(g.events, growingEvent{who, bruteEvent{t: t, name: name}})
}

func (g *growing) merge(from, into string) {
	g.accept(&event.Message{Type: event.Alias, PreviousID: from, UserID: into, Time: instant(0)})
	g.merged[from] = into
}

func (g *growing) histories() map[string][]bruteEvent {
	histories := map[string][]bruteEvent{}
	for _, e := range g.events {
		who := cmp.Or(g.merged[e.who], e.who)
		histories[who] = append(histories[who], e.bruteEvent)
	}
	for _, history := range histories {
		slices.SortStableFunc(history, func(x, y bruteEvent) int { return x.t - y.t })
	}
	return histories
}

func (g *growing) live(t *testing.T) *stream.Live {
	t.Helper()
	live := stream.NewLive(duckdbtest.Open(t), g, g.graph)
	t.Cleanup(func() {
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	})
	return live
}

// TestTransitionsFollowTheFacts asks a resident index of several blocks for
// transitions, in one round and in several, while late events come in and people are
// merged, with bounds that cut histories, and compares each answer with the evaluator of
// brute_test.go.
func TestTransitionsFollowTheFacts(t *testing.T) {
	const people, span = 1500, 4000
	r := rand.New(rand.NewPCG(20261126, 5))
	g := &growing{graph: identity.NewGraph(), merged: map[string]string{}}
	live := g.live(t)
	for i := range people {
		g.happen(fmt.Sprint("u", i), "a", r.IntN(span))
	}
	medians := 0
	for round := range 24 {
		for range 700 {
			who := r.IntN(people)
			if r.IntN(3) == 0 {
				who = r.IntN(5) // some are there all the time
			}
			g.happen(fmt.Sprint("u", who), string("aaabbcde"[r.IntN(8)]), r.IntN(span))
		}
		if from, into := fmt.Sprint("u", r.IntN(people/2)), fmt.Sprint("u", people/2+r.IntN(people/2)); g.merged[from] == "" {
			g.merge(from, into)
		}
		b := &brute{kind: Transitions, to: span, top: 1 + r.IntN(40), fold: round%8 == 7}
		if r.IntN(2) == 0 {
			b.from = r.IntN(span / 2)
		}
		if r.IntN(2) == 0 {
			b.to = b.from + r.IntN(span/2)
		}
		b.count(g.histories())
		f := Finder{Source: live, Now: func() time.Time { return instant(2 * span) }, stride: pick(r, 1, 4, 16)}
		a, err := f.Paths(context.Background(), b.request("person"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(b.told(), told(a)); diff != "" {
			t.Fatalf("round %d, %+v, stride %d:\n%s", round, b.request("person"), f.stride, diff)
		}
		medians += len(a.Links)
		events, customers := 0, map[string]bool{}
		for who, history := range g.histories() {
			for _, e := range history {
				if e.t >= b.from && e.t <= b.to {
					events++
					customers[who] = true
				}
			}
		}
		if a.Facts.Events != events || a.Facts.Customers != len(customers) {
			t.Fatalf("round %d: saw %+v, there are %d events of %d customers", round, a.Facts, events, len(customers))
		}
	}
	if medians < 200 {
		t.Errorf("only %d medians were compared", medians)
	}
}

// TestTransitionsOfAnyNumberOfNamesOverAges has pairs that are laid out and more than
// that, and times that need the last bit that words have for them.
func TestTransitionsOfAnyNumberOfNamesOverAges(t *testing.T) {
	for used, year := range map[int]int{6: 2, 1100: 1800} {
		longAgo := int(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC).Unix())
		r := rand.New(rand.NewPCG(20261126, uint64(used)))
		histories := map[string][]bruteEvent{}
		for i := range 600 {
			var history []bruteEvent
			for range 1 + r.IntN(8) {
				e := bruteEvent{t: r.IntN(1000), name: fmt.Sprintf("n%04d", r.IntN(used))}
				if r.IntN(4) == 0 {
					e.t = longAgo + r.IntN(1000)
				}
				history = append(history, e)
			}
			slices.SortStableFunc(history, func(x, y bruteEvent) int { return x.t - y.t })
			histories[fmt.Sprint("u", i)] = history
		}
		b := &brute{kind: Transitions, from: longAgo, to: 1000, top: 200}
		b.count(histories)
		for _, stride := range []int{1, 4} {
			f := Finder{Source: stream.NewMemory(messages(r, histories), 1), stride: stride}
			a, err := f.Paths(context.Background(), b.request("person"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(b.told(), told(a)); diff != "" {
				t.Fatalf("%d names, stride %d:\n%s", used, stride, diff)
			}
		}
	}
}

// TestNth compares the value at a place, and what stands behind it, with sorting.
func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(20261126, 6))
	for range 3000 {
		values := make([]uint64, 1+r.IntN(200))
		most := pick(r, uint64(1), 3, 100, 1<<63)
		for i := range values {
			values[i] = r.Uint64N(most) * pick(r, uint64(1), 2)
		}
		if r.IntN(4) == 0 {
			slices.Sort(values)
		}
		sorted, place := slices.Sorted(slices.Values(values)), r.IntN(len(values))
		if got := nth(values, place); got != sorted[place] || slices.Min(values[place:]) != got {
			t.Fatalf("place %d of %v has %d, want %d", place, sorted, got, sorted[place])
		}
		slices.Sort(values)
		if !slices.Equal(values, sorted) {
			t.Fatal("values were lost")
		}
	}
}

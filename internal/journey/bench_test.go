package journey

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"beichen/bench/history"
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// generated is a store of made-up facts: the benchmark times the index, the
// machine and the numbers, not the reading of a file.
type generated struct {
	warehouse.Warehouse
	graph *identity.Graph
	rows  []generatedRow
}

type generatedRow struct {
	at                  int64
	customer, cents     uint32
	name, channel, tier uint8
}

func generate(events int) *generated {
	plan := history.Plan{Events: events, Seed: 1}
	g := &generated{graph: identity.NewGraph(), rows: make([]generatedRow, 0, events)}
	for i := range plan.Customers() {
		g.graph.Number(event.Ref{ID: "u" + strconv.Itoa(i)})
	}
	r := plan.Read()
	for e := r.Next(); e != nil; e = r.Next() {
		for i := range e.Len() {
			g.rows = append(g.rows, generatedRow{e.Time[i] * 1000, e.Customer[i], e.Cents[i], e.Name[i], e.Channel[i], e.Tier[i]})
		}
	}
	slices.SortFunc(g.rows, func(a, b generatedRow) int { return cmp.Compare(a.at, b.at) })
	return g
}

func (g *generated) Horizon(context.Context) (warehouse.Horizon, error) {
	return warehouse.Horizon{}, nil
}

func (g *generated) Extent(context.Context) (warehouse.Stats, error) {
	first, last := time.UnixMicro(g.rows[0].at), time.UnixMicro(g.rows[len(g.rows)-1].at)
	return warehouse.Stats{Events: int64(len(g.rows)), First: first, Last: last}, nil
}

func (g *generated) Tail() (uint64, []warehouse.Stored) { return uint64(len(g.rows)), nil }

func (g *generated) Scan(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	const size = 2048
	b := &warehouse.Batch{Names: history.Names[:], Currencies: []string{"", history.Currency}, Currency: make([]uint32, size), Account: make([]uint32, size)}
	for _, key := range s.Keys {
		values := []any{nil}
		if key.String() == "channel" {
			for _, c := range history.Channels {
				values = append(values, c)
			}
		} else {
			for _, t := range history.Tiers {
				values = append(values, t)
			}
		}
		b.Values, b.Keys = append(b.Values, values), append(b.Keys, make([]uint32, size))
	}
	b.Value, b.Cost = make([]float64, size), slices.Repeat([]float64{math.NaN()}, size)
	b.Customer, b.Time, b.Name, b.Seq = make([]uint32, size), make([]int64, size), make([]uint32, size), make([]uint64, size)
	for first := int(s.After); first < int(s.MaxSeq); first += size {
		b.Len = min(size, int(s.MaxSeq)-first)
		for i := range b.Len {
			r := &g.rows[first+i]
			b.Customer[i], b.Time[i], b.Name[i], b.Seq[i] = r.customer, r.at, uint32(r.name), uint64(first+i+1)
			b.Value[i], b.Currency[i] = math.NaN(), 0
			if r.cents > 0 {
				b.Value[i], b.Currency[i] = float64(r.cents)/100, 1
			}
			for k, values := range b.Values {
				if code := r.channel; len(values) == len(history.Channels)+1 {
					b.Keys[k][i] = uint32(code) + 1
				} else {
					b.Keys[k][i] = uint32(r.tier) + 1
				}
			}
		}
		if err := yield(b); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Histories gives everything as one part, as shards send it: in no order.
func (g *generated) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	words := (len(s.Patterns) + 63) / 64
	byName := make([][]uint64, len(history.Names))
	for name := range byName {
		byName[name] = make([]uint64, words)
		for i, p := range s.Patterns {
			if p.Name == history.Names[name] {
				byName[name][i/64] |= 1 << (i % 64)
			}
		}
	}
	s.MaxSeq = uint64(len(g.rows))
	err := g.Scan(ctx, s, func(b *warehouse.Batch) error {
		b.Words, b.Match = words, b.Match[:0]
		for _, name := range b.Name[:b.Len] {
			b.Match = append(b.Match, byName[name]...)
		}
		return yield(b, 0)
	})
	if err != nil {
		return err
	}
	end := &warehouse.Batch{Words: words, Keys: make([][]uint32, len(s.Keys)), Values: make([][]any, len(s.Keys))}
	return yield(end, warehouse.MaxNumber)
}

// board is a journey of stages with steps each, all events of their own: those of
// the history's board, or of its funnel where a stage has one.
func board(stages, steps int, more string) *Journey {
	first := 0
	if steps == 1 {
		first = int(history.FunnelStep(0))
	}
	text := "kind: Journey\nid: bench\nwindow: 14d\n" + more + "stages:\n"
	for s := range stages {
		text += fmt.Sprintf("- id: s%d\n  steps:\n", s)
		for k := range steps {
			text += fmt.Sprintf("  - { id: t%d, when: [{ event: %s }] }\n", k, history.Names[first+s*steps+k])
		}
	}
	j, err := Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	return j
}

// BenchmarkMeasure answers whole questions from a warm index: every number of
// every stage and step. EVENTS says of how many events, a million if it does not.
func BenchmarkMeasure(b *testing.B) { benchmark(b, 0) }

// BenchmarkMeasureInParts is without an index: what Beichen does once a store has sent
// all events.
func BenchmarkMeasureInParts(b *testing.B) { benchmark(b, 1) }

func eventsOf(b *testing.B) int {
	events, err := strconv.Atoi(cmp.Or(os.Getenv("EVENTS"), "1000000"))
	if err != nil {
		b.Fatal(err)
	}
	return events
}

func benchmark(b *testing.B, room int64) {
	events := eventsOf(b)
	g := generate(events)
	live := stream.NewLive(g, g, g.graph)
	live.Room = room
	defer live.Close()
	m := &Measurer{Source: live}
	for _, c := range []struct {
		name string
		Request
	}{
		{"6 stages", Request{Journey: board(6, 1, "")}},
		{"6 stages by channel", Request{Journey: board(6, 1, ""), Breakdown: []string{"channel"}}},
		{"10 stages of 3 steps", Request{Journey: board(10, 3, "")}},
		{"10 stages of 3 steps by channel", Request{Journey: board(10, 3, ""), Breakdown: []string{"channel"}}},
		{"6 stages by channel, counts alone", Request{Journey: board(6, 1, ""), Breakdown: []string{"channel"}, Only: OnlyCounts}},
		{"10 stages of 3 steps by channel, counts alone", Request{Journey: board(10, 3, ""), Breakdown: []string{"channel"}, Only: OnlyCounts}},
		{"strict", Request{Journey: board(6, 1, "order: strict\n")}},
		{"any order", Request{Journey: board(6, 1, "order: any\n")}},
		{"exclusion", Request{Journey: board(6, 1, "exclude: [{ event: Setting Changed, between: [s0, s5] }]\n")}},
		{"first entry", Request{Journey: board(6, 1, "entry: first\n")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.AsOf = "2025-12-31"
			ask := func() {
				m.Forget()
				if _, err := m.Measure(context.Background(), c.Request); err != nil {
					b.Fatal(err)
				}
			}
			ask()
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
		})
	}
}

// BenchmarkDraft answers a board of which one step was changed, from what was counted of
// the board before: a step of any stage, and one of the last third.
func BenchmarkDraft(b *testing.B) {
	g := generate(eventsOf(b))
	live := stream.NewLive(g, g, g.graph)
	defer live.Close()
	m := &Measurer{Source: live}
	first, last := board(10, 3, ""), 10
	for _, c := range []struct {
		name string
		from int // the first stage that a step is changed of
	}{{"any stage", 0}, {"the last third", 7}} {
		b.Run(c.name, func(b *testing.B) {
			ask := func(j *Journey) {
				if _, err := m.Measure(context.Background(), Request{Journey: j, Breakdown: []string{"channel"}, AsOf: "2026-11-01"}); err != nil {
					b.Fatal(err)
				}
			}
			turn := 0
			for b.Loop() {
				b.StopTimer()
				m.Forget()
				ask(first)
				changed := board(10, 3, "")
				stage := c.from + turn%(last-c.from)
				changed.Stages[stage].Steps[turn%3].When[0].Event = &history.Names[history.FunnelStep(history.FunnelSteps+turn%4)]
				turn++
				b.StartTimer()
				ask(changed)
			}
		})
	}
}

package journey

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// generated is a store whose rows are made up: the benchmark times the index, the
// machine and the numbers, not the reading of a file. The events are those of
// customers whose activity follows a power law, over 18 months, of 40 names as
// popular as the square of their number, through 12 channels.
type generated struct {
	warehouse.Warehouse
	graph *identity.Graph
	rows  []generatedRow
}

type generatedRow struct {
	at       int64
	customer uint32
	name     uint8
	channel  uint8
}

const (
	generatedNames    = 40
	generatedChannels = 12
)

func generate(events int) *generated {
	customers := max(events/20, 1)
	r := rand.New(rand.NewPCG(1, 2))
	g := &generated{graph: identity.NewGraph()}
	for i := range customers {
		g.graph.Number(event.Ref{ID: "u" + strconv.Itoa(i)})
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	g.rows = make([]generatedRow, events)
	for i := range g.rows {
		u := r.Float64()
		// Of customers in the order of their activity the first have most: a share of
		// x² below the place x.
		v := r.Float64()
		g.rows[i] = generatedRow{
			at:       (start + r.Int64N(540*day/1000)) * 1000,
			customer: 1 + uint32(v*v*float64(customers)), name: uint8(u * u * generatedNames), channel: uint8(r.IntN(generatedChannels)),
		}
	}
	slices.SortFunc(g.rows, func(a, b generatedRow) int { return cmp.Compare(a.at, b.at) })
	return g
}

func (g *generated) Stats(context.Context) (warehouse.Stats, error) {
	first, last := time.UnixMicro(g.rows[0].at), time.UnixMicro(g.rows[len(g.rows)-1].at)
	return warehouse.Stats{Events: int64(len(g.rows)), First: first, Last: last}, nil
}

func (g *generated) Tail() (uint64, []warehouse.Stored) { return uint64(len(g.rows)), nil }

func (g *generated) Scan(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	const size = 2048
	b := &warehouse.Batch{Currencies: []string{""}, Currency: make([]uint32, size), Account: make([]uint32, size)}
	for n := range generatedNames {
		b.Names = append(b.Names, fmt.Sprintf("E%02d", n))
	}
	for range s.Keys {
		values := []any{nil}
		for c := range generatedChannels {
			values = append(values, fmt.Sprint("channel", c))
		}
		b.Values, b.Keys = append(b.Values, values), append(b.Keys, make([]uint32, size))
	}
	for range size {
		b.Value, b.Cost = append(b.Value, math.NaN()), append(b.Cost, math.NaN())
	}
	b.Customer, b.Time, b.Name, b.Seq = make([]uint32, size), make([]int64, size), make([]uint32, size), make([]uint64, size)
	for first := int(s.After); first < int(s.MaxSeq); first += size {
		b.Len = min(size, int(s.MaxSeq)-first)
		for i := range b.Len {
			r := &g.rows[first+i]
			b.Customer[i], b.Time[i], b.Name[i], b.Seq[i] = r.customer, r.at, uint32(r.name), uint64(first+i+1)
			for k := range b.Keys {
				b.Keys[k][i] = uint32(r.channel) + 1
			}
		}
		if err := yield(b); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// board is a journey of stages with steps each, all events of their own.
func board(stages, steps int, more string) *Journey {
	text := "kind: Journey\nid: bench\nwindow: 14d\n" + more + "stages:\n"
	for s := range stages {
		text += fmt.Sprintf("- id: s%d\n  steps:\n", s)
		for k := range steps {
			text += fmt.Sprintf("  - { id: t%d, when: [{ event: E%02d }] }\n", k, s*steps+k)
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
func BenchmarkMeasure(b *testing.B) {
	events, err := strconv.Atoi(cmp.Or(os.Getenv("EVENTS"), "1000000"))
	if err != nil {
		b.Fatal(err)
	}
	g := generate(events)
	live := stream.NewLive(g, g, g.graph)
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
		{"strict", Request{Journey: board(6, 1, "order: strict\n")}},
		{"any order", Request{Journey: board(6, 1, "order: any\n")}},
		{"exclusion", Request{Journey: board(6, 1, "exclude: [{ event: E39, between: [s0, s5] }]\n")}},
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

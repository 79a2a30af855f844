package journey

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"beichen/internal/journey/stream"
)

// fixed is a source whose answer is there already: the benchmark times the
// machine and the numbers, not the reading.
type fixed struct{ streams *stream.Streams }

func (f fixed) Streams(context.Context, stream.Question) (*stream.Streams, error) {
	return f.streams, nil
}

// millionEvents makes a million events of 50,000 customers over 18 months, of 40
// names as popular as the square of their number.
func millionEvents(j *Journey) fixed {
	const events, customers, names = 1_000_000, 50_000, 40
	r := rand.New(rand.NewPCG(1, 2))
	p := compile(j)
	s := &stream.Streams{
		Start: make([]int, customers+1), Words: (len(p.patterns) + 63) / 64, Currencies: []string{"", "TWD"}, Through: events,
		CustomerID: func(i int) string { return fmt.Sprint(i) },
	}
	for n := range names {
		s.Names = append(s.Names, fmt.Sprintf("E%02d", n))
	}
	for i := range customers {
		times := make([]int64, events/customers)
		for k := range times {
			times[k] = r.Int64N(540 * day)
		}
		slices.Sort(times)
		for _, at := range times {
			u := r.Float64()
			name := uint32(u * u * names)
			words := make([]uint64, s.Words)
			for n, pattern := range p.patterns {
				if pattern.AnyName || pattern.Name == s.Names[name] {
					words[n/64] |= 1 << (n % 64)
				}
			}
			s.Time, s.Name, s.Match = append(s.Time, at), append(s.Name, name), append(s.Match, words...)
			s.Seq, s.Cost = append(s.Seq, uint64(len(s.Time))), append(s.Cost, math.NaN())
			s.Value, s.Currency = append(s.Value, 100*u), append(s.Currency, 1)
		}
		s.Start[i+1] = len(s.Time)
	}
	return fixed{s}
}

// board is a journey of stages with steps each, all events of their own.
func board(stages, steps int, more string) *Journey {
	text := "kind: Journey\nid: bench\nwindow: 30d\n" + more + "stages:\n"
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

// BenchmarkMeasure answers whole questions over a million events: every number
// of every stage and step. Run it with -benchtime 5x.
func BenchmarkMeasure(b *testing.B) {
	for _, c := range []struct {
		name string
		j    *Journey
	}{
		{"6 stages", board(6, 1, "")},
		{"10 stages of 3 steps", board(10, 3, "")},
		{"strict", board(6, 1, "order: strict\n")},
		{"any order", board(6, 1, "order: any\n")},
		{"exclusion", board(6, 1, "exclude: [{ event: E39, between: [s0, s5] }]\n")},
		{"first entry", board(6, 1, "entry: first\n")},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := Measurer{Source: millionEvents(c.j)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Measure(context.Background(), Request{Journey: c.j, AsOf: "1971-12-31"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/event")
		})
	}
}

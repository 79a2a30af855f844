package journey

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// millionEvents makes a million events of 50,000 customers over 18 months, of 40
// names as popular as the square of their number.
func millionEvents() stream.Source {
	const events, customers, names = 1_000_000, 50_000, 40
	r := rand.New(rand.NewPCG(1, 2))
	messages := make([]*event.Message, events)
	for i := range messages {
		u := r.Float64()
		messages[i] = &event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", i%customers), Name: fmt.Sprintf("E%02d", int(u*u*names)), Seq: uint64(i + 1),
			Time: time.UnixMicro(r.Int64N(540 * day)), Value: new(math.Floor(100 * u)), Currency: "TWD",
		}
	}
	return stream.NewMemory(messages, events)
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
	source := millionEvents()
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
			m := Measurer{Source: source}
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

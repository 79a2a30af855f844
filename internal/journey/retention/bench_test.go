package retention

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// BenchmarkMeasure answers whole tables of a million events of 50,000 customers
// over 18 months, of 40 names as popular as the square of their number, from a
// resident index. Run it with -benchtime 20x.
func BenchmarkMeasure(b *testing.B) {
	const events, customers, names = 1_000_000, 50_000, 40
	r := rand.New(rand.NewPCG(1, 2))
	messages := make([]*event.Message, events)
	for i := range messages {
		u := r.Float64()
		messages[i] = &event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", i%customers), Name: fmt.Sprintf("E%02d", int(u*u*names)), Seq: uint64(i + 1),
			MessageID: fmt.Sprint("m", i), Time: time.UnixMicro(r.Int64N(540 * dayMicros)).UTC(),
		}
	}
	m := Measurer{Source: resident(b, duckdbtest.Open(b), messages), Now: func() time.Time { return time.UnixMicro(540 * dayMicros) }}
	for _, c := range []struct{ name, text, from string }{
		{"weekly × 12", "start: {event: E05}, return: {event: E00}, period: week, intervals: 12", "1970-06-01"},
		{"weekly × 12, any event", "start: {}, return: {}, period: week, intervals: 12", "1970-06-01"},
		{"weekly × 12, cumulative, twice", "start: {event: E05}, return: {event: E00}, period: week, intervals: 12, cumulative: true, minOccurrences: 2", "1970-06-01"},
		{"monthly × 18", "start: {event: E05}, return: {event: E00}, period: month, intervals: 18", "1970-01-01"},
		{"rolling × 30", "start: {event: E05}, return: {event: E00}, period: day, mode: rolling24h, intervals: 30", "1970-06-01"},
	} {
		b.Run(c.name, func(b *testing.B) {
			request := Request{Retention: parse(b, "{kind: Retention, id: bench, "+c.text+"}"), From: c.from}
			measure(b, m.Source, request) // the index is there, as it is on a server
			for b.Loop() {
				if _, err := m.Measure(context.Background(), request); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
		})
	}
}

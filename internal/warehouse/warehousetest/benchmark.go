package warehousetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Fill loads n events of a shop with 20,000 customers into an empty store, in chunks
// of the loader's size.
func Fill(t testing.TB, w warehouse.Warehouse, n int) {
	t.Helper()
	names := []string{"Page Viewed", "Product Viewed", "Cart Filled", "Order Paid", "Ticket Opened", "Signed Up"}
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	var at warehouse.Position
	for at.Seq < uint64(n) {
		chunk := warehouse.Chunk{After: at}
		for len(chunk.Messages) < 120_000 && at.Seq < uint64(n) {
			at.Seq++
			i := int(at.Seq)
			who := i * 7919 % 20_000
			m := &event.Message{
				Seq: at.Seq, MessageID: fmt.Sprintf("%08x-%04x-4000-8000-%012x", i*2654435761%(1<<32), i%65536, i*40503), Type: event.Track,
				UserID: fmt.Sprint("u", who), Name: names[i*31%len(names)], Time: start.Add(time.Duration(i) * time.Minute / 2), ReceivedAt: start,
				Channel: []string{"email", "ads", "", "organic"}[i%4], Source: "site",
				Properties: json.RawMessage(fmt.Sprintf(`{"plan":"%s","total":%d.5,"sku":"tea-%d","cart":{"items":%d,"coupon":null}}`, []string{"pro", "team", "solo"}[i%3], i%900, i%500, i%7)),
				Context:    json.RawMessage(fmt.Sprintf(`{"page":{"url":"https://tea.example/p/%d","title":"Tea"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64)","locale":"zh-TW"}`, i%500)),
			}
			if i%6 == 3 {
				m.Value, m.Currency = new(float64(i%900)), "TWD"
			}
			chunk.Messages = append(chunk.Messages, warehouse.Stored{Message: m, Customer: identity.Number(who + 1)})
		}
		if chunk.After.Seq == 0 {
			for who := range 20_000 {
				chunk.Refs = append(chunk.Refs, event.Ref{ID: fmt.Sprint("u", who)})
			}
		}
		at.Record++
		chunk.Through = at
		if err := w.Load(context.Background(), chunk); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkScan reads all of a million events from an empty store, by names, with
// filters and with keys.
func BenchmarkScan(b *testing.B, w warehouse.Warehouse) {
	began := time.Now()
	Fill(b, w, 1_000_000)
	b.Logf("loaded at %.0f events/s", 1e6/time.Since(began).Seconds())
	plan := event.Key{Root: event.Properties, Path: []string{"plan"}}
	pro := event.Filter{{Key: plan, Op: event.Eq, Operands: []any{"pro"}}}
	for name, s := range map[string]warehouse.Scan{
		"names":   {Patterns: []event.Pattern{{Name: "Signed Up"}, {Name: "Cart Filled"}, {Name: "Order Paid"}}},
		"filters": {Patterns: []event.Pattern{{Name: "Signed Up"}, {Name: "Cart Filled", Where: pro}, {Name: "Order Paid", Where: pro}}},
		"segment": {Patterns: []event.Pattern{{Name: "Signed Up"}}, Segment: pro},
		"keys":    {Patterns: []event.Pattern{{Name: "Signed Up"}}, Keys: []event.Key{{Root: event.Channel}, plan}},
		"quarters of filters": {
			Patterns: []event.Pattern{{Name: "Signed Up"}, {Name: "Cart Filled", Where: pro}, {Name: "Order Paid", Where: pro}},
			Group:    &warehouse.Group{Cuts: []time.Time{time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 10, 1, 0, 0, 0, 0, time.UTC)}},
		},
	} {
		s.MaxSeq = 1 << 62
		b.Run(name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				err := w.Scan(context.Background(), s, func(batch *warehouse.Batch) error { rows += batch.Len; return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

package duckdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// BenchmarkLoad moves chunks of browser events into one file, its checkpoints
// included: of half a second at a few thousand events a second, and of the size
// that the loader takes when there is more.
func BenchmarkLoad(b *testing.B) {
	for _, rows := range []int{10_000, 123_500} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			w, err := duckdb.Open(context.Background(), filepath.Join(b.TempDir(), "facts.duckdb"), duckdb.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			chunk := browserChunk(rows)
			for b.Loop() {
				if err := w.Load(context.Background(), chunk); err != nil {
					b.Fatal(err)
				}
				chunk.After = chunk.Through
				chunk.Through.Record, chunk.Through.Seq, chunk.Refs = chunk.Through.Record+1, chunk.Through.Seq+uint64(rows), nil
				for _, m := range chunk.Messages {
					m.Seq += uint64(rows)
				}
			}
			b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func browserChunk(rows int) warehouse.Chunk {
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: uint64(rows)}, Refs: []event.Ref{{ID: "user-1"}}}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	value := 2599.0
	for i := range rows {
		chunk.Messages = append(chunk.Messages, warehouse.Stored{Customer: 1, Message: &event.Message{
			Seq: uint64(i + 1), MessageID: fmt.Sprintf("ajs-next-1772323200000-%016x", i*7919), Type: event.Track,
			UserID: fmt.Sprintf("user-%016x", i*31%200_000), AnonymousID: fmt.Sprintf("5f0c8f3e-%016x", i*31%200_000),
			Name: fmt.Sprint("Event ", i%7), Time: at.Add(time.Duration(i) * time.Millisecond), ReceivedAt: at.Add(time.Duration(i) * time.Millisecond),
			Channel: "cpc", Source: "site", Value: &value, Currency: "TWD",
			Properties: json.RawMessage(fmt.Sprintf(browserProperties, i*7919%10_007, i*31)), Context: json.RawMessage(fmt.Sprintf(browserContext, i*7919%10_007)),
		}})
	}
	return chunk
}

const browserProperties = `{"product_id":"tea-%[1]d","sku":"TM-%[1]d","category":"Machines","name":"Tea machine %[1]d","brand":"Beichen",` +
	`"variant":"black","cart":"%016[2]x","price":1299.5,"quantity":2,"coupon":"SPRING","currency":"TWD","position":3,"value":2599,` +
	`"url":"https://shop.example/products/tea-machine-%[1]d"}`

const browserContext = `{"page":{"path":"/products/tea-machine-%[1]d","referrer":"https://www.google.com/","title":"Tea machine %[1]d",` +
	`"url":"https://shop.example/products/tea-machine-%[1]d?utm_medium=cpc"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) ` +
	`AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","locale":"zh-TW","library":{"name":"analytics.js",` +
	`"version":"npm:next-1.84.3"},"timezone":"Asia/Taipei","campaign":{"medium":"cpc","source":"google","name":"spring"}}`

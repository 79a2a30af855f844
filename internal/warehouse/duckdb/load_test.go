package duckdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// A chunk of wide rows is several times the engine's memory: it must go through
// the disk and not fail, for the loader would try it again for ever.
func TestAChunkMayBeLargerThanTheEnginesMemory(t *testing.T) {
	w := open(t)
	at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	wide := strings.Repeat("a wide property; ", 240)
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: 120_000}, Refs: []event.Ref{{ID: "a"}}}
	for i := range 120_000 {
		chunk.Messages = append(chunk.Messages, warehouse.Stored{Customer: 1, Message: &event.Message{
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i), Type: event.Track, UserID: "a", Name: "X", Time: at, ReceivedAt: at,
			Properties: json.RawMessage(fmt.Sprintf(`{"n":%d,"text":"%s"}`, i, wide)),
		}})
	}
	if err := w.Load(context.Background(), chunk); err != nil {
		t.Fatal(err)
	}
	stats, err := w.Stats(context.Background())
	if err != nil || stats.Events != 120_000 {
		t.Fatalf("%+v, %v", stats, err)
	}
	if err := w.Release(context.Background()); err != nil {
		t.Fatal(err)
	}
}

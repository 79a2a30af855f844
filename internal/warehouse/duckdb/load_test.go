package duckdb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// A chunk of wide rows is several times the engine's memory: it must go through
// the disk and not fail, for the loader would try it again for ever.
func TestAChunkMayBeLargerThanTheEnginesMemory(t *testing.T) {
	w, err := duckdb.Open(context.Background(), filepath.Join(t.TempDir(), "facts.duckdb"), duckdb.Options{MemoryMiB: 64})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	wide := strings.Repeat("a wide property; ", 240)
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: 40_000}, Refs: []event.Ref{{ID: "a"}}}
	for i := range 40_000 {
		chunk.Messages = append(chunk.Messages, warehouse.Stored{Customer: 1, Message: &event.Message{
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i), Type: event.Track, UserID: "a", Name: "X", Time: at, ReceivedAt: at,
			Properties: json.RawMessage(fmt.Sprintf(`{"n":%d,"text":"%s"}`, i, wide)),
		}})
	}
	if err := w.Load(context.Background(), chunk); err != nil {
		t.Fatal(err)
	}
	stats, err := w.Stats(context.Background())
	if err != nil || stats.Events != 40_000 {
		t.Fatalf("%+v, %v", stats, err)
	}
	if err := w.Release(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Texts of up to twelve bytes stand in the engine's vectors themselves, longer
// ones beside them, and chunks of rows follow each other in the same memory.
func TestTextsOfEveryLengthAreKept(t *testing.T) {
	w, err := duckdb.Open(context.Background(), filepath.Join(t.TempDir(), "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	const rows = 5000 // more than two chunks of 2,048
	text := func(i int) string {
		switch i {
		case 7:
			return "not \xff Unicode"
		case 8:
			return strings.Repeat("長", 700_000) // more than a block
		}
		return strings.Repeat("é\x00x", i%20) + fmt.Sprint(i)
	}
	chunk := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: rows}, Refs: []event.Ref{{ID: "a"}}}
	for i := range rows {
		chunk.Messages = append(chunk.Messages, warehouse.Stored{Customer: 1, Message: &event.Message{
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i), Type: event.Track, UserID: "a", Name: "X",
			Time: at.Add(time.Duration(i) * time.Second), ReceivedAt: at, Channel: text(i),
		}})
	}
	if err := w.Load(context.Background(), chunk); err != nil {
		t.Fatal(err)
	}
	got, err := w.Timeline(context.Background(), warehouse.Timeline{Of: []uint32{1}, Root: event.Traits, Limit: rows})
	if err != nil || len(got) != rows {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	for n, m := range got {
		i := rows - 1 - n // the newest comes first
		if want := strings.ToValidUTF8(text(i), "\uFFFD"); m.Channel != want || m.Properties != nil {
			t.Fatalf("message %d has channel %.40q of %d bytes, want %.40q of %d", i, m.Channel, len(m.Channel), want, len(want))
		}
	}
}

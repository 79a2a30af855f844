package duckdb_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// TestAFileOfWhichAFifthIsDeadIsWrittenAnew lets a tenth of the events expire, and then
// most: the file is as it was, and then smaller. Most, since the engine chooses by a sample
// how texts are compressed, and may write what is left twice as wide.
func TestAFileOfWhichAFifthIsDeadIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	w, err := duckdb.Open(t.Context(), path, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	const events = 20_000
	first := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	at := warehouse.Position{}
	load := func(refs []event.Ref, messages ...*event.Message) {
		t.Helper()
		c := warehouse.Chunk{After: at, Through: warehouse.Position{Record: at.Record + 1, Seq: at.Seq}, Refs: refs}
		for _, m := range messages {
			c.Through.Seq++
			m.Seq, m.ReceivedAt = c.Through.Seq, m.Time
			m.MessageID = fmt.Sprint("m", m.Seq)
			c.Messages = append(c.Messages, warehouse.Stored{Message: m, Customer: identity.Number(len(m.UserID))})
		}
		if err := w.Load(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		at = c.Through
	}
	var all []*event.Message
	for i := range events {
		noise := make([]byte, 100)
		rand.Read(noise)
		raw, err := json.Marshal(map[string]string{"noise": hex.EncodeToString(noise)})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &event.Message{Type: event.Track, UserID: "a", Name: "X", Time: first.Add(time.Duration(i) * time.Minute), Properties: raw})
	}
	load([]event.Ref{{ID: "a"}}, all...)
	// keep moves the horizon, so that so many events are older, and says how large the
	// file is then.
	keep := func(older int) (os.FileInfo, int) {
		t.Helper()
		load(nil, &event.Message{Type: event.Expire, Time: first.Add(time.Duration(older) * time.Minute)})
		for _, do := range []func(context.Context) error{w.Erase, w.Checkpoint} {
			if err := do(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		if err := w.Scan(t.Context(), warehouse.Scan{MaxSeq: at.Seq}, func(b *warehouse.Batch) error { left += b.Len; return nil }); err != nil {
			t.Fatal(err)
		}
		return info, left
	}
	whole, left := keep(0)
	if left != events {
		t.Fatalf("%d events", left)
	}
	tenth, left := keep(events / 10)
	if !os.SameFile(whole, tenth) || left != events*9/10 {
		t.Errorf("a tenth: %d events left, the same file: %v", left, os.SameFile(whole, tenth))
	}
	most, left := keep(events * 4 / 5)
	if os.SameFile(whole, most) || left != events/5 || most.Size() > whole.Size()*3/4 {
		t.Errorf("most: %d events left, %d bytes of %d, the same file: %v", left, most.Size(), whole.Size(), os.SameFile(whole, most))
	}
	again, _ := keep(events*4/5 + 1)
	if !os.SameFile(most, again) {
		t.Error("it was written anew for one more")
	}
}

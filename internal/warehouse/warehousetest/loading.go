package warehousetest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"testing"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

func aNewStoreIsEmpty(t *testing.T, open Opener) {
	f := newFacts(t, open)
	same(t, "position", warehouse.Position{}, must[warehouse.Position](t)(f.Position(t.Context())))
	stats := must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "messages", int64(0), stats.Messages)
	if !stats.First.IsZero() || !stats.Last.IsZero() || stats.Engine == "" {
		t.Errorf("stats %+v", stats)
	}
	same(t, "names", []warehouse.NameSummary{}, must[[]warehouse.NameSummary](t)(f.Names(t.Context())))
	same(t, "rows", 0, len(f.scan(warehouse.Scan{MaxSeq: 99})))
}

func rowsAndPositionTogether(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1), track("b", "X", 0))
	f.load(identify("a", 2, `{}`))
	same(t, "position", warehouse.Position{Record: 2, Seq: 3}, must[warehouse.Position](t)(f.Position(t.Context())))
	stats := must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "messages and events", []int64{3, 2}, []int64{stats.Messages, stats.Events})
	same(t, "first", at(0), stats.First)
	same(t, "last event", at(1), stats.Last)
	if stats.Received.IsZero() {
		t.Error("nothing says when the newest message came in")
	}
	extent := must[warehouse.Stats](t)(f.Extent(t.Context()))
	stats.DiskBytes, stats.Engine, extent.DiskBytes, extent.Engine = 0, "", 0, ""
	same(t, "extent", stats, extent)
}

func outOfStep(t *testing.T, open Opener) {
	f := newFacts(t, open)
	first := f.chunk(track("a", "X", 1))
	f.loadChunk(first)
	second := f.chunk(track("a", "Y", 2))
	second.Quarantined = []warehouse.Quarantined{{ID: "q", ReceivedAt: at(0), Raw: json.RawMessage(`1`)}}
	ahead := second
	ahead.After.Record++
	for _, c := range []warehouse.Chunk{first, ahead} {
		if err := f.Load(t.Context(), c); !errors.Is(err, warehouse.ErrOutOfStep) {
			t.Fatalf("after record %d: %v", c.After.Record, err)
		}
	}
	same(t, "rows", 1, len(f.scan(warehouse.Scan{MaxSeq: 99})))
	same(t, "refs", []event.Ref{{ID: "a"}}, collect(t, f.eachRef))
	f.loadChunk(second)
	same(t, "names after the right chunk", []string{"X", "Y"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
}

// failedChunk loads with a context that ended: whatever the store had done by
// then, nothing of it may stay, and the same chunk must still fit.
func failedChunk(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1))
	c := f.chunk(track("b", "New", 2))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Load(ctx, c); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	broken := f.chunk(track("b", "Broken", 2))
	broken.Messages[0].Message.Properties = json.RawMessage(`{"a":`)
	if err := f.Load(t.Context(), broken); err == nil {
		t.Fatal("took what is no JSON")
	}
	same(t, "position", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
	same(t, "rows", 1, len(f.scan(warehouse.Scan{MaxSeq: 99})))
	f.loadChunk(c)
	same(t, "names", []string{"X", "New"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	same(t, "refs", []event.Ref{{ID: "a"}, {ID: "b"}}, collect(t, f.eachRef))
}

func reopened(t *testing.T, open Opener) {
	dir := t.TempDir()
	w := open(t, dir)
	f := &facts{Warehouse: w, t: t, numbers: map[event.Ref]uint32{}, accounts: map[string]uint32{}}
	paid := track("a", "Paid", 1)
	paid.Value, paid.Currency, paid.GroupID = new(5.0), "TWD", "tea"
	f.load(paid)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Warehouse = open(t, dir)
	defer f.Close()
	same(t, "position", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
	again := track("a", "Paid", 2)
	again.Currency = "EUR"
	f.load(again, track("b", "Other", 3))
	rows := f.scan(warehouse.Scan{MaxSeq: 99, Patterns: []event.Pattern{{Name: "Paid"}}})
	same(t, "names", []string{"Paid", "Paid", "Other"}, namesOf(rows))
	same(t, "currencies", []string{"TWD", "EUR", ""}, []string{rows[0].currency, rows[1].currency, rows[2].currency})
	same(t, "bits", []uint64{1, 1, 0}, []uint64{rows[0].match[0], rows[1].match[0], rows[2].match[0]})
	same(t, "accounts", []string{"tea"}, collect(t, f.Accounts))
}

func copies(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1), identify("a", 2, `{"plan":"pro"}`))
	dir := t.TempDir()
	err := f.CopyTo(t.Context(), dir)
	if errors.Is(err, warehouse.ErrNoCopy) {
		refusedCopy(t, err, dir)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	through := f.at
	f.load(track("a", "Y", 3))
	copied := open(t, dir)
	defer copied.Close()
	same(t, "position", through, must[warehouse.Position](t)(copied.Position(t.Context())))
	same(t, "rows", []string{"X"}, namesOf((&facts{Warehouse: copied, t: t}).scan(warehouse.Scan{MaxSeq: 99})))
	same(t, "rows of the original", 2, len(f.scan(warehouse.Scan{MaxSeq: 99})))
	if err := f.CopyTo(t.Context(), dir); err == nil {
		t.Error("a copy was written over another one")
	}
}

// refusedCopy holds a store that makes no copies to saying what to do, and to leaving
// nothing behind that could be taken for one.
func refusedCopy(t *testing.T, err error, dir string) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("refused with %v", err)
	}
	if f.Hint(fault.English) == "" {
		t.Error("nothing says what to do instead")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files were left behind, %v", len(left), err)
	}
}

func concurrently(t *testing.T, open Opener) {
	f := newFacts(t, open)
	const chunks, each = 20, 500
	var reading sync.WaitGroup
	over := make(chan struct{})
	for range 3 {
		reading.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if n := len(f.scan(warehouse.Scan{MaxSeq: 1 << 40})); n%each != 0 {
					t.Errorf("a scan saw %d rows, part of a chunk", n)
				}
				if _, err := f.Names(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range chunks {
		var messages []*event.Message
		for i := range each {
			messages = append(messages, track("a", "X", i))
		}
		f.load(messages...)
		if err := f.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(over)
	reading.Wait()
	same(t, "rows", chunks*each, len(f.scan(warehouse.Scan{MaxSeq: 1 << 40})))
}

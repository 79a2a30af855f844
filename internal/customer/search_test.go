package customer_test

import (
	"testing"
	"time"

	"beichen/internal/customer"
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// A store that several nodes load has at times somebody whom this node hears of next.
func TestASearchFindsOnlyWhomThisNodeKnows(t *testing.T) {
	store, graph := duckdbtest.Open(t), identity.NewGraph()
	c := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: 2}}
	for i, id := range []string{"ada", "adam"} {
		at := time.Date(2026, 3, 1, 8, i, 0, 0, time.UTC)
		c.Refs = append(c.Refs, event.Ref{ID: id})
		c.Messages = append(c.Messages, warehouse.Stored{Customer: identity.Number(i + 1), Message: &event.Message{
			Seq: uint64(i + 1), MessageID: id, Type: event.Track, UserID: id, Name: "X", Time: at, ReceivedAt: at}})
	}
	if err := store.Load(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	book := customer.Book{Warehouse: store, People: graph}
	for known := range 3 {
		graph.NumberAll(c.Refs[:known])
		if found, err := book.Search(t.Context(), customer.Person, "ada", 0); err != nil || len(found) != known {
			t.Errorf("%d are known, found %+v, %v", known, found, err)
		}
	}
}

// Package streamtest gives tests a source of what is in a store.
package streamtest

import (
	"testing"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// Loaded loads messages, which are numbered from 1, into an empty store in two
// chunks, and makes the source of it that a server has. It ends with the test.
func Loaded(t testing.TB, w warehouse.Warehouse, messages []*event.Message) *stream.Live {
	t.Helper()
	graph := identity.NewGraph()
	var at warehouse.Position
	var refs, accounts identity.Number
	for _, part := range [][]*event.Message{messages[:len(messages)/2], messages[len(messages)/2:]} {
		c := warehouse.Chunk{After: at, Through: warehouse.Position{Record: at.Record + 1, Seq: at.Seq + uint64(len(part))}}
		for _, m := range part {
			c.Messages = append(c.Messages, stream.Number(graph, m))
		}
		c.Refs, c.Accounts = graph.RefsAfter(refs), graph.AccountsAfter(accounts)
		if err := w.Load(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		at, refs, accounts = c.Through, refs+identity.Number(len(c.Refs)), accounts+identity.Number(len(c.Accounts))
	}
	live := stream.NewLive(w, nothing{at.Seq}, graph)
	t.Cleanup(func() { live.Close() })
	return live
}

// nothing is on its way into a store that has everything.
type nothing struct{ through uint64 }

func (n nothing) Tail() (uint64, []warehouse.Stored) { return n.through, nil }

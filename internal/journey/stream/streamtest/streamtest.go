// Package streamtest gives tests a source of what is in a store.
package streamtest

import (
	"context"
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
	graph, at := load(t, w, messages)
	live := stream.NewLive(w, nothing{at}, graph)
	t.Cleanup(func() { live.Close() })
	return live
}

// Shared loads messages as Loaded does and makes the sources that so many nodes have of
// the store, none of which has room for an index. They end with the test.
func Shared(t testing.TB, w warehouse.Warehouse, messages []*event.Message, nodes int) []*stream.Live {
	t.Helper()
	graph, at := load(t, w, messages)
	var all []*stream.Live
	for range nodes {
		live := stream.NewLive(w, shared{nothing{at}}, graph)
		live.Room, live.PartRows = 1, 3
		t.Cleanup(func() { live.Close() })
		all = append(all, live)
	}
	return all
}

// load loads messages, and gives the graph of who is who and the last position.
func load(t testing.TB, w warehouse.Warehouse, messages []*event.Message) (*identity.Graph, uint64) {
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
	return graph, at.Seq
}

// nothing is on its way into a store that has everything.
type nothing struct{ through uint64 }

func (n nothing) Tail() (uint64, []warehouse.Stored) { return n.through, nil }

// shared is a store that several nodes have, of one load.
type shared struct{ nothing }

func (s shared) Moment() (warehouse.Moment, bool) {
	return warehouse.Moment{Load: 1, Seq: s.through}, true
}

func (shared) Await(ctx context.Context, _ warehouse.Moment) error { return ctx.Err() }

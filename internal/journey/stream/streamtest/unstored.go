package streamtest

import (
	"context"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// Resident is a source of messages, which it numbers from 1, that keeps an index of them.
// All of them are still on their way into its store.
func Resident(messages []*event.Message) *stream.Live {
	graph := identity.NewGraph()
	s := onTheWay(graph, messages)
	return stream.NewLive(s, s, graph)
}

// InParts is a source of messages, which it numbers from 1, that has not room for an
// index and gives a part after every ref. All messages are still on their way into its
// store.
func InParts(messages []*event.Message) *stream.Live {
	graph := identity.NewGraph()
	s := onTheWay(graph, messages)
	live := stream.NewLive(s, s, graph)
	live.Room, live.PartRows = 1, 1
	return live
}

func onTheWay(graph *identity.Graph, messages []*event.Message) (s unstored) {
	for i, m := range messages {
		m.Seq = uint64(i + 1)
		s.tail = append(s.tail, stream.Number(graph, m))
	}
	s.refs = identity.Number(len(graph.RefsAfter(0)))
	return s
}

// unstored is a store that nothing has been moved into yet.
type unstored struct {
	warehouse.Warehouse
	tail []warehouse.Stored
	refs identity.Number
}

func (s unstored) Tail() (uint64, []warehouse.Stored) { return 0, s.tail }

func (unstored) Extent(context.Context) (warehouse.Stats, error) { return warehouse.Stats{}, nil }

func (unstored) Horizon(context.Context) (warehouse.Horizon, error) { return warehouse.Horizon{}, nil }

func (unstored) TraitValues(context.Context, event.Root, []string, func(warehouse.TraitValue) error) error {
	return nil
}

func (unstored) Scan(context.Context, warehouse.Scan, func(*warehouse.Batch) error) error { return nil }

func (s unstored) Histories(_ context.Context, q warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	for ref := range s.refs {
		if err := yield(nothingOf(q), ref+1); err != nil {
			return err
		}
	}
	return yield(nothingOf(q), warehouse.MaxNumber)
}

// nothingOf is a batch without rows.
func nothingOf(q warehouse.Scan) *warehouse.Batch {
	b := &warehouse.Batch{Words: (len(q.Patterns) + 63) / 64, Names: []string{""}, Currencies: []string{""}, Keys: make([][]uint32, len(q.Keys))}
	for range q.Keys {
		b.Values = append(b.Values, []any{nil})
	}
	return b
}

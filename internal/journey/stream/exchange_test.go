package stream_test

import (
	"context"
	"testing"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// exchanged is a store whose facts are taken back, with who has which number, and others
// stand in their place at the same positions.
type exchanged struct {
	warehouse.Warehouse
	of *store
}

func (e *exchanged) become(s *store) { e.Warehouse, e.of = s, s }

func (e *exchanged) Tail() (uint64, []warehouse.Stored) { return e.of.Tail() }

func (e *exchanged) Whole(context.Context) (*identity.Graph, error) { return e.of.graph, nil }

func TestWhatWasTakenBackIsNotAnswered(t *testing.T) {
	holding := func(users ...string) *store {
		s := newStore(t)
		for i, user := range users {
			m := track(user, "X", i, "")
			m.Seq, m.MessageID = uint64(i+1), user
			s.accept(m)
		}
		if err := s.load(len(users)); err != nil {
			t.Fatal(err)
		}
		return s
	}
	facts := &exchanged{}
	facts.become(holding("ada", "grace"))
	live := stream.NewLive(facts, facts, facts)
	defer live.Close()
	q := stream.Question{Patterns: []event.Pattern{{Name: "X"}}}
	names := func() (ids []string) {
		s := ask(t, live, q)
		for n := range uint32(3) {
			ids = append(ids, s.CustomerID(n))
		}
		return ids
	}
	before := ask(t, live, q).Facts
	same(t, []string{"", "ada", "grace"}, names())
	facts.become(holding("grace", "alan"))
	same(t, []string{"", "grace", "alan"}, names())
	same(t, rows(ask(t, stream.NewLive(facts, facts, facts), q)), rows(ask(t, live, q)))
	if now := ask(t, live, q); now.Facts == before || now.Unchanged(before, 0, at(9).UnixMicro()) {
		t.Error("what was measured before is taken for what would be now")
	}
}

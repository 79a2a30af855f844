package stream_test

import (
	"context"
	"errors"
	"testing"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// exchanged is a store whose facts are taken back, with who has which number, and others
// stand in their place at the same positions.
type exchanged struct {
	warehouse.Warehouse
	of   *store
	next *store // what it becomes with the next reading; nil: it stays
}

func (e *exchanged) become(s *store) { e.Warehouse, e.of, e.next = s, s, nil }

// read becomes the next store once it was decided what is read.
func (e *exchanged) read() {
	if e.next != nil {
		e.become(e.next)
	}
}

func (e *exchanged) Scan(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	e.read()
	return e.Warehouse.Scan(ctx, s, yield)
}

func (e *exchanged) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	e.read()
	return e.Warehouse.Histories(ctx, s, yield)
}

func (e *exchanged) Tail() (uint64, []warehouse.Stored) { return e.of.Tail() }

func (e *exchanged) Whole(context.Context) (*identity.Graph, error) { return e.of.graph, nil }

// holding is a store of one event for each of some users.
func holding(t *testing.T, users ...string) *store {
	t.Helper()
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

// Rows of the new facts and people of the old ones make no answer, whichever way the
// store is read: for an index, in parts, or for one customer.
func TestWhatIsTakenBackInTheMiddleOfAReadingIsNotAnswered(t *testing.T) {
	for _, c := range []struct {
		room     int64 // of Live: 0 for an index, 1 for none
		customer string
	}{{0, ""}, {1, ""}, {1, "grace"}} {
		facts := &exchanged{}
		facts.become(holding(t, "ada", "grace"))
		live := stream.NewLive(facts, facts, facts)
		live.Room = c.room
		t.Cleanup(func() { live.Close() })
		answer := func() error {
			q := stream.Question{Patterns: []event.Pattern{{Name: "X"}}, Customer: c.customer}
			_, err := stream.EachPart(t.Context(), live, q, func(*stream.Streams) error { return nil })
			return err
		}
		facts.next = holding(t, "grace", "alan")
		if err := answer(); !fault.Is(err, fault.Unavailable) || !errors.Is(err, warehouse.ErrReplaced) {
			t.Errorf("%+v: %v", c, err)
		}
		if facts.next != nil {
			t.Errorf("%+v: the store was not read", c)
		}
		if err := answer(); err != nil {
			t.Errorf("%+v, once more: %v", c, err)
		}
	}
}

func TestWhatWasTakenBackIsNotAnswered(t *testing.T) {
	facts := &exchanged{}
	facts.become(holding(t, "ada", "grace"))
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
	facts.become(holding(t, "grace", "alan"))
	same(t, []string{"", "grace", "alan"}, names())
	same(t, rows(ask(t, stream.NewLive(facts, facts, facts), q)), rows(ask(t, live, q)))
	if now := ask(t, live, q); now.Facts == before || now.Unchanged(before, 0, at(9).UnixMicro()) {
		t.Error("what was measured before is taken for what would be now")
	}
}

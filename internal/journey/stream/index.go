package stream

import (
	"context"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Index keeps the events of one kind of subject in memory, each customer's
// together and sorted by time, as known now. It is a cache of the facts: whoever
// asks has it brought up to them first. What came since is merged into the
// blocks it belongs to; customers whose ids were joined or parted are read anew.
type Index struct {
	subject Subject
	facts   facts
	turn    chan struct{} // held by who brings the index up to date

	now        *snapshot
	names      *dictionary[string]
	currencies *dictionary[string]
	subjects   *dictionary[any] // the customers of an index by key
	refused    []event.Key      // of which there are too many values
	clock      uint64
}

// facts are where an index finds what happened.
type facts struct {
	warehouse warehouse.Warehouse
	tail      Tail
	people    *identity.Graph
}

// present is the state of the facts that an index is brought to.
type present struct {
	loaded  uint64 // up to here the store has everything
	tail    []warehouse.Stored
	through uint64
	view    *identity.View
}

// now reads the tail before the people, so that nobody of the tail is unknown.
func (f *facts) now() present {
	m := present{}
	m.loaded, m.tail = f.tail.Tail()
	m.view = f.people.View()
	if m.through = m.loaded; len(m.tail) > 0 {
		m.through = m.tail[len(m.tail)-1].Seq
	}
	return m
}

// snapshot is an index at one moment. It never changes.
type snapshot struct {
	Layout
	number     uint64 // grows with every change
	view       *identity.View
	through    uint64
	blocks     []*Block
	columns    []*column
	names      []string
	currencies []string
	subjects   []any // by the number of a customer of an index by key

	events, customers, unattributed int
	first, last                     int64
}

// column is a where key whose values are codes in Block.columns, or the events'
// own accounts.
type column struct {
	key        event.Key // the zero Key: the account
	values     []any     // by code, as the dictionary had them
	used       uint64    // by the index's clock
	dictionary *dictionary[any]
	fromStore  translation // of the codes of the scan in hand
}

func (c *column) ofAccount() bool { return c.key.Root == "" }

const (
	// maxValues bounds the values of one column: a key with more of them is asked
	// of the store.
	maxValues = 1 << 20
	// maxColumns bounds how many keys are kept.
	maxColumns = 24
)

func newIndex(subject Subject, f facts) *Index {
	return &Index{
		subject: subject, facts: f, turn: make(chan struct{}, 1),
		names: newDictionary[string](), currencies: newDictionary[string](), subjects: newDictionary[any](),
	}
}

// at brings the index up to now, with columns for keys. ok is false where the
// facts do not fit into it: the store has to be asked.
func (x *Index) at(ctx context.Context, keys []event.Key) (s *snapshot, ok bool, err error) {
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	for _, k := range keys {
		if slices.ContainsFunc(x.refused, k.Equal) {
			return nil, false, nil
		}
	}
	a := advance{Index: x, present: x.facts.now(), from: x.now, wanted: keys}
	s, err = a.run(ctx)
	if err != nil {
		return nil, false, err
	}
	if s == nil {
		return nil, false, nil
	}
	x.now = s
	x.clock++
	for _, k := range keys {
		if i := s.column(k); i >= 0 {
			s.columns[i].used = x.clock
		} else {
			return nil, false, nil // it has just been refused
		}
	}
	return s, true, nil
}

// column is the place of a key's column, −1 without one.
func (s *snapshot) column(k event.Key) int {
	return slices.IndexFunc(s.columns, func(c *column) bool { return c != nil && c.key.Equal(k) })
}

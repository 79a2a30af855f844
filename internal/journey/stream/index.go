package stream

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
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
	asked   atomic.Int64  // when a question last wanted that, by Unix nanoseconds

	file  *Saved        // nil: it is not saved
	saved atomic.Uint64 // events in the file
	worth int           // events that are worth saving
	// worthParts is how long a log is that is read in parts at once.
	worthParts uint64
	// damage is what was wrong with the file; nil once there is a good one.
	damage atomic.Pointer[error]

	now        *snapshot // guarded by turn
	resident   atomic.Pointer[snapshot]
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
	people    identity.People
	numbers   *atomic.Uint64 // of the last snapshot of any index
}

// present is the state of the facts that an index is brought to.
type present struct {
	loaded  uint64 // up to here the store has everything
	tail    []warehouse.Stored
	through uint64
	view    *identity.View
}

// now waits until anything is known, and reads the tail before the people, so that
// nobody of the tail is unknown.
func (f *facts) now(ctx context.Context) (present, error) {
	m := present{}
	if _, err := f.people.Whole(ctx); err != nil {
		return m, err
	}
	m.loaded, m.tail = f.tail.Tail()
	people, err := f.people.Whole(ctx)
	if err != nil {
		return m, err
	}
	m.view = people.View()
	if m.through = m.loaded; len(m.tail) > 0 {
		m.through = m.tail[len(m.tail)-1].Seq
	}
	return m, nil
}

// snapshot is an index at one moment. It never changes.
type snapshot struct {
	built
	number     uint64 // grows with every change, and is no other index's
	since      since
	view       *identity.View
	owners     []identity.Number // of the view; an index that was saved has no more of it
	version    uint64            // of the view
	through    uint64
	cut        int64 // from when on it has events, in microseconds since 1970 UTC; 0: from the first
	kept       int64 // from when on it has all of them, likewise: the store may have let go of more
	settled    bool  // of an index that was saved: owners are as the facts up to through say
	columns    []*column
	names      []string
	currencies []string
	subjects   []any // by the number of a customer of an index by key

	events, customers, unattributed int
	counts                          counts // of what lies inside bounds
}

// built are blocks, how their words are made, and the instants of the first and
// the last of them.
type built struct {
	Layout
	blocks      []*Block
	first, last int64
}

// column is a where key whose values are codes in Block.columns, or the events'
// own accounts.
type column struct {
	key        event.Key // the zero Key: the account
	values     []any     // by code, as the dictionary had them
	used       uint64    // by the index's clock
	dictionary *dictionary[any]
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
		subject: subject, facts: f, turn: make(chan struct{}, 1), worth: worthSaving, worthParts: 1 << 18,
		names: newDictionary[string](), currencies: newDictionary[string](), subjects: newDictionary[any](),
	}
}

// at brings the index up to now, with columns for keys. ok is false where the
// facts do not fit into it: the store has to be asked. Of a nameless snapshot
// nobody asks who a customer is: it may have no view.
func (x *Index) at(ctx context.Context, keys []event.Key, nameless bool) (s *snapshot, ok bool, err error) {
	x.asked.Store(time.Now().UnixNano())
	return x.bring(ctx, keys, nameless, nil)
}

// bring is at, which rests now and then where it may.
func (x *Index) bring(ctx context.Context, keys []event.Key, nameless bool, rest *rest) (s *snapshot, ok bool, err error) {
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
	if err := x.recall(ctx); err != nil {
		return nil, false, err
	}
	if s = x.now; !nameless || !x.isAsSaved(keys) {
		now, err := x.facts.now(ctx)
		if err != nil {
			return nil, false, err
		}
		a := advance{Index: x, present: now, from: x.now, wanted: keys, rest: rest}
		if s, err = a.run(ctx); err != nil || s == nil {
			return nil, false, err
		}
	}
	x.now = s
	x.resident.Store(s)
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

// isAsSaved reports whether the index that was saved is what it would be now, which
// can be told without knowing who is who: nothing has been accepted since.
func (x *Index) isAsSaved(keys []event.Key) bool {
	if x.now == nil || x.now.view != nil || !x.now.settled {
		return false
	}
	for _, k := range keys {
		if x.now.column(k) < 0 {
			return false
		}
	}
	loaded, tail := x.facts.tail.Tail()
	return loaded == x.now.through && len(tail) == 0
}

// follow brings the index up to now, in the background.
func (x *Index) follow(ctx context.Context) error {
	_, _, err := x.bring(ctx, nil, true, &rest{asked: &x.asked})
	return err
}

// recall reads the file when the index is asked first. What is wrong with the
// file costs the time of building the index, nothing else.
func (x *Index) recall(ctx context.Context) error {
	if x.now != nil || x.file == nil || x.damage.Load() != nil {
		return nil
	}
	s, err := x.file.take(ctx, x)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == foreign {
			x.unsave() // it may hold who was forgotten
		}
		x.damage.Store(&err)
		return nil
	}
	if s != nil {
		x.now = s
		x.saved.Store(uint64(s.events))
	}
	return nil
}

// worthSaving is how many events an index has at least that is saved: a smaller
// one is built sooner than a file is read.
const worthSaving = 100_000

// save writes the index into its file, if it holds a fifth more than that, or
// anything else with all set. Only facts that are in the store are saved: what
// is in the log alone may still be numbered otherwise. One call is made at a time;
// questions go on meanwhile.
func (x *Index) save(ctx context.Context, all bool) error {
	select {
	case x.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s := x.now
	<-x.turn
	if x.file == nil || s == nil || s.events < x.worth || s.version == math.MaxUint64 {
		return nil // a snapshot of no version is the one that was read
	}
	if grown := uint64(s.events) > x.saved.Load()+x.saved.Load()/5; !grown && !all {
		return nil
	}
	at, err := x.facts.warehouse.Position(ctx)
	if err != nil || at.Seq < s.through {
		return err
	}
	people, err := x.facts.people.Whole(ctx)
	if err != nil || len(people.View().ForgottenAfter(s.through)) > 0 {
		return err // the store may have forgotten somebody whom the index has, or the reverse
	}
	if whole, err := x.isWhole(ctx, s); !whole {
		return err
	}
	digest, err := x.facts.warehouse.Digest(ctx, s.through)
	if err != nil {
		return err
	}
	if int(digest.Events) != s.events+s.unattributed {
		return errors.New("the index holds other events than the store")
	}
	if err := s.save(x.file.file, digest, x.isSettled(ctx, s)); err != nil {
		return err
	}
	x.saved.Store(uint64(s.events))
	x.damage.Store(nil)
	return nil
}

// isSettled reports whether the owners of a snapshot are what the facts up to where
// it goes say: it was taken while people went on, and may know more of who is who.
func (x *Index) isSettled(ctx context.Context, s *snapshot) bool {
	now, err := x.facts.now(ctx)
	return err == nil && now.loaded == s.through && len(now.tail) == 0 && now.view.Version == s.version && now.view.SameGraph(s.view)
}

// column is the place of a key's column, −1 without one.
func (s *snapshot) column(k event.Key) int {
	return slices.IndexFunc(s.columns, func(c *column) bool { return c != nil && c.key.Equal(k) })
}

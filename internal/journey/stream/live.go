package stream

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Tail tells which messages have been accepted and may not be in the warehouse
// yet: those after loadedSeq, in the order of the log. All up to loadedSeq are
// in the warehouse by the time it answers.
type Tail interface {
	Tail() (loadedSeq uint64, messages []warehouse.Stored)
}

// Live answers questions on a server, with everybody who they are known to be
// now: from resident indexes, one for each kind of subject that is asked about,
// and where those cannot, from what the warehouse holds and what was accepted
// since.
type Live struct {
	// OnRest is called after a quiet spell: who holds what only saves time may let
	// it go. It is set before the first question.
	OnRest func()
	// Room is how many bytes the events of an index may take; 0 is no bound. Beyond it
	// the store is asked, customer by customer. It is set before the first question.
	Room int64

	facts
	room     room
	PartRows int // rows of a part: enough for all processors to have something to do
	slots    chan struct{}
	idle     time.Duration

	mu      sync.Mutex
	indexes []*Index // those of persons and of accounts, and of keys those used last
	traits  traits
	timer   *time.Timer
	closed  bool

	news   chan struct{} // something was accepted
	follow sync.WaitGroup
	stop   context.CancelFunc
}

const (
	atOnce  = 2
	idleFor = 30 * time.Second
	// maxByKey bounds the indexes by key.
	maxByKey = 2
)

// NewLive makes a source of a warehouse, what is on its way into it, and the
// graph that both number their people by. Close it after the last question.
func NewLive(w warehouse.Warehouse, tail Tail, people identity.People) *Live {
	f := facts{warehouse: w, tail: tail, people: people, numbers: new(atomic.Uint64)}
	return &Live{
		facts: f, slots: make(chan struct{}, atOnce), idle: idleFor, news: make(chan struct{}, 1), PartRows: 1 << 20,
		indexes: []*Index{newIndex(Subject{Kind: Person}, f), newIndex(Subject{Kind: Account}, f)},
	}
}

// Streams implements Source.
func (l *Live) Streams(ctx context.Context, q Question) (*Streams, error) {
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	p := newPlan(q)
	if s, err := l.resident(ctx, p); s != nil || err != nil {
		return s, err
	}
	return l.scanned(ctx, p)
}

// enter waits until few others ask.
func (l *Live) enter(ctx context.Context) error {
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Live) leave() {
	l.rest()
	<-l.slots
}

// resident answers from an index; nil where there is none that can.
func (l *Live) resident(ctx context.Context, p *plan) (*Streams, error) {
	x, err := l.index(ctx, p)
	if x == nil || err != nil {
		return nil, err
	}
	return l.indexed(ctx, x, p)
}

// State is how far a source knows the facts about a kind of subject.
type State struct {
	Facts uint64    // as in Streams; 0: the source has no name for it
	Last  time.Time // the instant of the last event
}

// State tells what questions about a kind of subject are answered from now. Errors
// are those of the warehouse, or the context's.
func (l *Live) State(ctx context.Context, of Subject) (State, error) {
	x, err := l.index(ctx, newPlan(Question{Subject: of}))
	if x == nil || err != nil {
		return State{}, err
	}
	s, ok, err := x.at(ctx, nil, true)
	if err != nil || !ok || s.events+s.unattributed == 0 {
		return State{}, err
	}
	return State{Facts: s.number, Last: time.UnixMicro(s.last).UTC()}, nil
}

// index is the one that can answer a question, nil where none can: it does not
// know positions, nor, but for persons, whose traits an event goes with; or there is no
// room for it.
func (l *Live) index(ctx context.Context, p *plan) (*Index, error) {
	if fits, err := l.fits(ctx); !fits || err != nil {
		return nil, err
	}
	return l.indexFor(p), nil
}

func (l *Live) indexFor(p *plan) *Index {
	if p.Customer != "" {
		return nil
	}
	for _, k := range p.customerKeys() {
		if p.Subject.Kind == ByKey || p.Subject.Kind == Account && k.Root == event.Traits {
			return nil
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch p.Subject.Kind {
	case Person:
		return l.indexes[0]
	case Account:
		return l.indexes[1]
	}
	if !p.Subject.Key.Root.OfEvent() {
		return nil
	}
	const fixed = 2
	for i, x := range l.indexes[fixed:] {
		if x.subject.Key.Equal(p.Subject.Key) {
			copy(l.indexes[fixed+1:], l.indexes[fixed:fixed+i])
			l.indexes[fixed] = x
			return x
		}
	}
	x := newIndex(p.Subject, l.facts)
	l.indexes = append(l.indexes[:fixed], append([]*Index{x}, l.indexes[fixed:]...)...)
	l.indexes = l.indexes[:min(len(l.indexes), fixed+maxByKey)]
	return x
}

// indexed answers from an index; nil where it cannot.
func (l *Live) indexed(ctx context.Context, x *Index, p *plan) (*Streams, error) {
	keys := p.eventKeys()
	ofAccounts := p.Subject.Kind == Person && p.asksForAccounts()
	if ofAccounts {
		keys = append(keys, event.Key{})
	}
	s, ok, err := x.at(ctx, keys, p.Nameless && len(p.customerKeys()) == 0)
	if err != nil || !ok {
		return nil, err
	}
	known, err := l.known(ctx, p, s.view, s.through)
	if err != nil {
		return nil, err
	}
	return s.read(ctx, p, known)
}

// scanned answers by a scan for the question alone.
func (l *Live) scanned(ctx context.Context, p *plan) (*Streams, error) {
	now, err := l.asked(ctx, p)
	if err != nil {
		return nil, err
	}
	b := newPlain(p, now.view)
	scan := p.scan(now.loaded)
	scan.From = now.unexpired(scan.From)
	tail := now.tail
	if p.Customer != "" && p.Subject.Kind == Person {
		scan.Customers, tail = p.only(now.present)
	}
	err = l.warehouse.Scan(ctx, scan, func(batch *warehouse.Batch) error {
		b.addBatch(batch)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, m := range tail {
		b.addMessage(m)
	}
	s, err := b.finish(ctx, now.known)
	if err != nil {
		return nil, err
	}
	s.Through, s.Last = now.through, now.stats.Last
	s.Kept, err = l.kept(ctx, &now.present)
	return s, err
}

// asked is what a question to the store is answered of.
type asked struct {
	present
	known *customers
	// stats are the store's, but for Last, which the tail may have.
	stats warehouse.Stats
}

func (l *Live) asked(ctx context.Context, p *plan) (asked, error) {
	// The tail comes first: what is loaded while the store is read is in it, and rows
	// after loaded are left out, so that nothing is missed and nothing doubled.
	now, err := l.now(ctx)
	if err != nil {
		return asked{}, err
	}
	return l.askedOf(ctx, p, now)
}

func (l *Live) askedOf(ctx context.Context, p *plan, now present) (a asked, err error) {
	a.present = now
	if a.known, err = l.known(ctx, p, a.view, a.through); err != nil {
		return a, err
	}
	a.stats, err = l.warehouse.Extent(ctx)
	for _, m := range a.tail {
		if m.Type.IsEvent() && m.Time.After(a.stats.Last) && !a.view.Forgotten(m.Customer) && !a.view.Expired(m.Micros()) {
			a.stats.Last = m.Time
		}
	}
	return a, err
}

// only gives the ids of the customer asked for, and their part of the tail.
func (p *plan) only(now present) (refs []identity.Number, tail []warehouse.Stored) {
	refs = []identity.Number{}
	if person, ok := now.view.Find(p.Customer); ok {
		refs = now.view.Numbers(person)
	}
	for _, m := range now.tail {
		if now.view.ID(now.view.Person(m.Customer)) == p.Customer {
			tail = append(tail, m)
		}
	}
	return refs, tail
}

// rest starts the wait for a quiet spell anew.
func (l *Live) rest() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
	case l.timer == nil:
		l.timer = time.AfterFunc(l.idle, l.forget)
	default:
		l.timer.Reset(l.idle)
	}
}

// forget gives memory back after a quiet spell: what the engine holds for later,
// and what Go has collected but not returned. The indexes stay.
func (l *Live) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.traits = traits{}
	if l.OnRest != nil {
		l.OnRest()
	}
	if engine, ok := l.warehouse.(interface{ Release(context.Context) error }); ok {
		// A failure costs memory until the next quiet spell, nothing else.
		_ = engine.Release(context.Background())
	}
	debug.FreeOSMemory()
}

// Keep goes on with the saved index of persons, and saves it again. It is called
// before the first question.
func (l *Live) Keep(saved *Saved) { l.indexes[0].file = saved }

// Unsave removes the saved index after somebody was forgotten: one that is resident
// does so itself when it is asked next, another is never asked before it is closed.
func (l *Live) Unsave() { l.indexes[0].unsave() }

// Damage is what was wrong with the saved index when it was read; nil: nothing.
func (l *Live) Damage() error {
	if err := l.indexes[0].damage.Load(); err != nil {
		return *err
	}
	return nil
}

const (
	// followEvery is how long facts may have been accepted before the index has
	// them, be it asked or not.
	followEvery = 500 * time.Millisecond
	// saveEvery is how often it is looked whether the index is worth saving: not as
	// soon as it has been built, for somebody waits for the first answer then.
	saveEvery = 5 * time.Second
)

// Follow keeps the indexes up with the facts from now on, so that a question
// finds little left to do; failed is told what went wrong. It ends with Close.
func (l *Live) Follow(failed func(error)) {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.follow.Go(func() {
		tell := func(err error) {
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
		tell(l.keepUp(ctx, l.persons()))
		l.rest()
		saving := time.NewTicker(saveEvery)
		defer saving.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-saving.C:
				tell(l.persons().save(ctx, false))
				continue
			case <-l.news:
			}
			tell(l.keepUp(ctx, l.warm()...))
			select {
			case <-ctx.Done():
				return
			case <-time.After(followEvery):
			}
		}
	})
}

// keepUp brings indexes up to now, or lets all go where they have no room any more.
func (l *Live) keepUp(ctx context.Context, indexes ...*Index) error {
	fits, err := l.fits(ctx)
	if err != nil {
		return err
	}
	if !fits {
		l.letGo()
		return nil
	}
	var errs []error
	for _, x := range indexes {
		errs = append(errs, x.follow(ctx))
	}
	return errors.Join(errs...)
}

// letGo lets go of all indexes; who reads one still has it.
func (l *Live) letGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	persons := newIndex(Subject{Kind: Person}, l.facts)
	persons.file = l.indexes[0].file
	l.indexes = []*Index{persons, newIndex(Subject{Kind: Account}, l.facts)}
}

func (l *Live) persons() *Index {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.indexes[0]
}

// Accepted tells that facts have come in. It never waits.
func (l *Live) Accepted() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// warm are the indexes that were asked before.
func (l *Live) warm() []*Index {
	l.mu.Lock()
	defer l.mu.Unlock()
	var warm []*Index
	for _, x := range l.indexes {
		if x.resident.Load() != nil {
			warm = append(warm, x)
		}
	}
	return warm
}

// Size is what the indexes hold: events, and the bytes that these take without
// and with what was asked of them.
func (l *Live) Size() (events, bytes, asked int) {
	for _, x := range l.warm() {
		s := x.resident.Load()
		events += s.events + s.unattributed
		for _, b := range s.blocks {
			if b != nil {
				e, a := b.bytes()
				bytes, asked = bytes+e, asked+a
			}
		}
	}
	return events, bytes, asked
}

// Close ends following, and saves the index. The warehouse stays open.
func (l *Live) Close() error {
	l.mu.Lock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	if l.stop != nil {
		l.stop()
		l.follow.Wait()
	}
	return l.persons().save(context.Background(), true)
}

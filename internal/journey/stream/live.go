package stream

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"sync"
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

// Live answers questions on a server: from what the warehouse holds, and from
// what was accepted since, with everybody who they are known to be now.
//
// Answers stay until half a minute passes without questions, so that a board that asks the
// same again while nothing happened is not scanned for again. They are bounded
// in bytes, and so is the number of questions that are worked on at once.
type Live struct {
	warehouse warehouse.Warehouse
	tail      Tail
	people    *identity.Graph
	slots     chan struct{}
	idle      time.Duration

	mu     sync.Mutex
	cache  cache
	timer  *time.Timer
	closed bool
}

const (
	atOnce     = 2
	idleFor    = 30 * time.Second
	cacheBytes = 96 << 20
)

// NewLive makes a source of a warehouse, what is on its way into it, and the
// graph that both number their people by. Close it after the last question.
func NewLive(w warehouse.Warehouse, tail Tail, people *identity.Graph) *Live {
	return &Live{
		warehouse: w, tail: tail, people: people, slots: make(chan struct{}, atOnce), idle: idleFor,
		cache: cache{most: cacheBytes, answers: map[string]*answer{}},
	}
}

// Streams implements Source.
func (l *Live) Streams(ctx context.Context, q Question) (*Streams, error) {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer l.rest()
	// The tail comes first: what is loaded while the scan runs is in it, and rows
	// after loaded are left out, so that nothing is missed and nothing doubled.
	loaded, tail := l.tail.Tail()
	view := l.people.View()
	at := moment{through: loaded, identity: view.Version}
	if len(tail) > 0 {
		at.through = tail[len(tail)-1].Seq
	}
	key, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	if s := l.recall(string(key), at); s != nil {
		return s, nil
	}
	s, err := l.answer(ctx, newPlan(q), view, loaded, tail)
	if err != nil {
		return nil, err
	}
	s.Through = at.through
	l.remember(string(key), at, s)
	return s, nil
}

func (l *Live) answer(ctx context.Context, p *plan, view *identity.View, loaded uint64, tail []warehouse.Stored) (*Streams, error) {
	stored := func(root event.Root, path []string, yield func(warehouse.TraitValue) error) error {
		return l.warehouse.TraitValues(ctx, root, path, yield)
	}
	known, err := newCustomers(view, p.customerKeys(), stored, traitsOf(tail))
	if err != nil {
		return nil, err
	}
	stats, err := l.warehouse.Stats(ctx)
	if err != nil {
		return nil, err
	}
	b := newBuilder(p, view)
	b.reserve(int(stats.Events) + len(tail)) // what stays unused is never touched
	err = l.warehouse.Scan(ctx, p.scan(loaded), func(batch *warehouse.Batch) error {
		b.addBatch(batch)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, m := range tail {
		b.addMessage(m)
	}
	s, err := b.finish(ctx, known)
	if err != nil {
		return nil, err
	}
	s.Last = stats.Last
	for _, m := range tail {
		if m.Type.IsEvent() && m.Time.After(s.Last) {
			s.Last = m.Time
		}
	}
	return s, nil
}

func (l *Live) recall(key string, at moment) *Streams {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cache.get(key, at)
}

func (l *Live) remember(key string, at moment, s *Streams) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.cache.put(key, at, s)
	}
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

// forget gives memory back after a quiet spell: the answers, what the engine
// holds for later, and what Go has collected but not returned.
func (l *Live) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.cache.clear()
	if engine, ok := l.warehouse.(interface{ Release(context.Context) error }); ok {
		// A failure costs memory until the next quiet spell, nothing else.
		_ = engine.Release(context.Background())
	}
	debug.FreeOSMemory()
}

// Close forgets all answers and stops the clock. The warehouse stays open.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.cache.clear()
	if l.timer != nil {
		l.timer.Stop()
	}
}

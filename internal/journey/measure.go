package journey

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
)

// Measurer answers questions about journeys. It is safe for concurrent use.
type Measurer struct {
	Source stream.Source
	// Nodes count with this one where the store has to be asked; nil: there are none.
	Nodes  *nodes.Circle
	before before
	// Now is the as-of instant where none is asked for. Without it the last event
	// is: a file knows no other now.
	Now func() time.Time
}

// measured is a question with the events that it is about.
type measured struct {
	*question
	streams *stream.Streams
	asOf    int64 // nothing after it is known; microseconds
	meaning []meaning
}

// each asks the source about all customers and measures each part that it gives. What
// it returns has the counts and the codes of all parts, but no customers.
func (m *Measurer) each(ctx context.Context, q *question, measure func(*measured) error) (*measured, error) {
	asOf, ask := m.ask(q)
	s, err := stream.EachPart(ctx, m.Source, ask, func(part *stream.Streams) error { return measure(q.of(part, asOf)) })
	if err != nil {
		return nil, err
	}
	return q.of(s, asOf), nil
}

// one asks the source about one customer, at least.
func (m *Measurer) one(ctx context.Context, q *question, customer string) (*measured, error) {
	asOf, ask := m.ask(q)
	ask.Customer = customer
	s, err := m.Source.Streams(ctx, ask)
	if err != nil {
		return nil, err
	}
	return q.of(s, asOf), nil
}

// ask is what the source is asked, and as of when; a zero time is not known yet.
func (m *Measurer) ask(q *question) (asOf time.Time, ask stream.Question) {
	asOf = q.asOf
	if asOf.IsZero() && m.Now != nil {
		asOf = m.Now().UTC().Truncate(time.Microsecond)
	}
	until := asOf
	if !q.to.IsZero() && (until.IsZero() || q.to.Before(until)) {
		until = q.to
	}
	return asOf, q.ask(until)
}

// of is the question with the events that were asked for.
func (q *question) of(s *stream.Streams, asOf time.Time) *measured {
	if asOf.IsZero() { // a file: its last event, or the horizon before it
		asOf = s.Last
	}
	if !q.to.IsZero() && (q.to.Before(asOf) || asOf.IsZero()) {
		asOf = q.to
	}
	return &measured{question: q, streams: s, asOf: asOf.UnixMicro(), meaning: q.plan.meanings(s.Classes)}
}

// since is the first instant that counts.
func (d *measured) since() int64 {
	if d.from.IsZero() {
		return math.MinInt64
	}
	return d.from.UnixMicro()
}

// fold takes what the machine found of one customer after the other. Each
// worker has one of its own.
type fold interface {
	// add takes a result. It holds until add returns; w has the customer in hand.
	add(w *worker, r *Result)
	// addNext takes the customer in the next place of w's crowd, who is in hand too.
	addNext(w *worker)
	// addInRow takes a result of a breakdown that runs the journey once a value.
	addInRow(w *worker, r *Result)
}

// run walks all customers, in parallel over blocks of them: each worker gives
// what it finds to a fold of its own, and all folds are returned. Which
// customers a fold gets, and in which order, is left to chance.
//
// Of a journey that was counted before, since and least restrict the customers to
// those who had passed that many stages; since is nil for all customers.
func run[F fold](ctx context.Context, d *measured, since progress, least int, begin func() F) ([]F, error) {
	blocks := d.streams.Blocks
	folds := make([]F, min(runtime.GOMAXPROCS(0), len(blocks)))
	var next atomic.Int64
	var workers sync.WaitGroup
	for i := range folds {
		folds[i] = begin()
		workers.Go(func() {
			w := newWorker(d)
			for b := int(next.Add(1)) - 1; b < len(blocks) && ctx.Err() == nil; b = int(next.Add(1)) - 1 {
				if blocks[b] == nil {
					continue
				}
				w.block = b
				for customer := range blocks[b].Len() {
					if since == nil || int(since[b][customer]) >= least {
						w.place = customer
						w.customer(blocks[b], customer, folds[i])
					}
				}
			}
			w.crowd.count(d.plan)
		})
	}
	workers.Wait()
	return folds, ctx.Err()
}

// worker runs the machine over customers, one after the other.
type worker struct {
	*measured
	cursor *stream.Cursor
	quick  *quick // nil where not every stage is required and passed by one event
	crowd  *crowd
	walk   *chainWalk
	chain  chain
	result Result
	seen   map[string]bool
	block  int // place in the streams of the block in hand
	place  int // in it of the customer in hand

	row, standing []uint32 // scratch of rowOf and rowsOf
	first         bool     // the first value of a breakdown counts
	stages        []int    // by step: its stage
	costly        bool     // the definition says what a touch of some step costs
}

func newWorker(d *measured) *worker {
	w := &worker{
		measured: d, cursor: d.streams.Cursor(d.readsAll()), walk: newChainWalk(d.plan), result: newResult(d.plan),
		crowd: newCrowd(d.plan, d.bare), seen: map[string]bool{},
	}
	w.walk.cursor, w.walk.streams, w.walk.meaning = w.cursor, d.streams, d.meaning
	w.row, w.standing = make([]uint32, len(d.keys)), make([]uint32, len(d.keys))
	w.first = d.attribution == "first"
	if !d.byValue() {
		w.quick = newQuick(d.plan, d.streams, w.cursor, d.meaning, w.crowd, d.brief())
	}
	for n := range d.plan.steps {
		w.stages = append(w.stages, d.plan.steps[n].stage)
		w.costly = w.costly || d.definitionOf(n).Cost != nil
	}
	return w
}

// brief reports whether nobody has to know more of a customer than how far they came:
// who passes a stage does its only step.
func (d *measured) brief() bool {
	alone := !slices.ContainsFunc(d.plan.stages, func(s planStage) bool { return !s.alone })
	return d.bare && alone && len(d.TimeBetween) == 0 && !d.Request.Customers
}

func (w *worker) customer(b *stream.Block, i int, to fold) {
	if w.quick != nil {
		w.quick.collect = w.collects(b)
		switch w.quick.judge(b, i, &w.result) {
		case noChainFound:
			return
		case inCrowd:
			to.addNext(w)
			return
		case inResult:
			to.add(w, &w.result)
			return
		}
	} else if !w.cursor.Load(b, i) {
		return
	}
	w.walk.load(w.since())
	if w.verdict() {
		to.add(w, &w.result)
	}
	if w.byValue() {
		w.values(b, i, to)
	}
}

// fromCrowd is the customer in the next place of the crowd, whom nobody takes there.
func (w *worker) fromCrowd() *Result {
	w.crowd.show(w.plan, w.cursor, &w.result)
	w.crowd.drop()
	return &w.result
}

// values runs the journey once for each value that the customer's events carry,
// on those alone.
func (w *worker) values(b *stream.Block, i int, to fold) {
	clear(w.seen)
	var rows [][]uint32
	for _, e := range w.walk.events {
		row := slices.Clone(w.rowOf(e))
		if key := rowKey(row); !w.seen[key] {
			w.seen[key] = true
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		w.cursor.Load(b, i)
		w.walk.load(w.since())
		w.walk.keep(func(e int32) bool { return slices.Equal(w.rowOf(w.walk.events[e]), row) })
		w.result.row = row
		if w.verdict() {
			to.addInRow(w, &w.result)
		}
	}
	w.result.row = nil
}

// verdict runs the machine over the customer in hand; false if they have no chain.
func (w *worker) verdict() bool {
	what, kept := w.walk.decide(&w.chain)
	if what == noChain {
		return false
	}
	w.walk.result(&w.chain, kept, &w.result)
	w.result.Excluded = what == removed
	return true
}

// rowOf gives the codes of an event's values of the breakdown's keys. It holds
// until the next call.
func (w *worker) rowOf(event uint32) []uint32 {
	for k := range w.row {
		w.row[k] = w.cursor.Key(k, event)
	}
	return w.row
}

// inRow reports whether an event of the customer in hand was asked about.
func (w *worker) inRow(r *Result, event uint32) bool {
	return r.row == nil || slices.Equal(w.rowOf(event), r.row)
}

// dwell is how long who left was still seen after their last stage: until their
// last event inside the window.
func (w *worker) dwell(r *Result) int64 {
	last := r.Last
	switch {
	case last != notReached:
	case r.row == nil:
		last, _ = w.cursor.Last(r.End)
	default:
		for _, at := range w.walk.at {
			if at <= r.End {
				last = at
			}
		}
	}
	if w.plan.order == Ordered && !w.plan.optional {
		return last - r.At[r.Level-1]
	}
	return last - slices.Max(r.At)
}

// next is what the customer did first after the last stage inside the window;
// −1: nothing.
func (w *worker) next(r *Result) int64 {
	passed := int32(-1)
	latest := slices.Max(r.At)
	for k, at := range r.At {
		if at == latest {
			passed = max(passed, r.Event[k])
		}
	}
	found := int64(-1)
	if passed < 0 {
		return found
	}
	w.cursor.After(uint32(passed), r.End, func(e uint32) bool {
		if w.inRow(r, e) && !slices.ContainsFunc(r.Fills, func(f Touch) bool { return uint32(f.Event) == e }) {
			found = int64(e)
		}
		return found < 0
	})
	return found
}

// brought gives what the customer brought from an instant to another, both
// included.
func (w *worker) brought(r *Result, from, until int64, yield func(at int64, amount float64, currency uint16)) {
	w.cursor.Amounts(&w.cursor.Block.Values, from, until, func(e uint32, at int64, amount float64, currency uint16) {
		if w.inRow(r, e) {
			yield(at, amount, currency)
		}
	})
}

package retention

import (
	"context"
	"runtime"
	"sync"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
)

// Measurer answers questions about retention. It is safe for concurrent use.
type Measurer struct {
	Source stream.Source
	// Now is the as-of instant where none is asked for. Without it the last event
	// is: a file knows no other now.
	Now func() time.Time
	// Nodes count with this one where the store has to be asked; nil: there are none.
	Nodes *nodes.Circle
}

// measured is a question with the events that it is about.
type measured struct {
	*question
	*intervals
	streams *stream.Streams
	asOf    int64 // nothing after it is known; microseconds
	n       int   // intervals
}

// each asks the source about all customers and measures each part that it gives. What
// it returns has the counts of all parts, but no customers.
func (m *Measurer) each(ctx context.Context, q *question, measure func(*measured) error) (*measured, error) {
	asOf := m.asOf(q)
	if asOf.IsZero() && q.from.IsZero() { // the intervals of a file end with its last event
		s, err := m.Source.Streams(ctx, q.ask(time.Time{}, time.Time{}))
		if err != nil {
			return nil, err
		}
		asOf = s.Last
	}
	d, ask := q.laidOut(asOf)
	s, err := stream.EachPart(ctx, m.Source, ask, func(part *stream.Streams) error { return measure(d.about(part, asOf)) })
	if err != nil {
		return nil, err
	}
	return d.about(s, asOf), nil
}

// asOf is the instant after which nothing is known; zero where the last event says it.
func (m *Measurer) asOf(q *question) time.Time {
	asOf := q.asOf
	if asOf.IsZero() && m.Now != nil {
		asOf = m.Now().UTC().Truncate(time.Microsecond)
	}
	if !q.to.IsZero() && (asOf.IsZero() || q.to.Before(asOf)) {
		asOf = q.to
	}
	return asOf
}

// laidOut lays the intervals of a question out, and is what a source is asked for them.
func (q *question) laidOut(asOf time.Time) (*measured, stream.Question) {
	d := &measured{question: q, n: q.Retention.Intervals}
	c := q.Retention.Calendar(q.location)
	first := c.Containing(q.from)
	if q.from.IsZero() {
		first = c.Before(c.Containing(asOf), d.n-1)
	}
	d.intervals = newIntervals(c, first, d.n)
	until := time.UnixMicro(d.end() - 1).UTC()
	if !asOf.IsZero() && asOf.Before(until) {
		until = asOf
	}
	return d, q.ask(first, until)
}

// about is the question about some customers, all of them or a part.
func (d *measured) about(s *stream.Streams, asOf time.Time) *measured {
	if asOf.IsZero() {
		asOf = s.Last
	}
	out := *d
	out.streams, out.asOf = s, asOf.UnixMicro()
	out.intervals = d.laid(s.Layout)
	return &out
}

// end is the first instant that is in no interval of anybody.
func (d *measured) end() int64 {
	if d.Retention.mode() == Rolling24h { // who starts at the end of the last day has it for 24 hours
		return d.bounds[d.n] + dayMicros
	}
	return d.bounds[d.n]
}

// over reports whether nothing that is still to come changes how many of the
// customers who started in interval i came back k intervals later.
func (d *measured) over(i, k int) bool {
	end := d.bounds[i+k+1]
	if d.Retention.mode() == Rolling24h && k > 0 {
		end = d.bounds[i+1] + int64(k+1)*dayMicros
	}
	return d.asOf >= end-1
}

// fold takes one customer after the other: those who started in some interval.
// Each worker has one of its own.
type fold interface {
	// add takes the customer whom w has in hand.
	add(w *worker)
}

// run walks all customers, in parallel over blocks of them: each worker gives
// what it finds to a fold of its own, and all folds are returned. Which customers a
// fold gets, and in which order, is left to chance.
func run[F fold](ctx context.Context, d *measured, begin func() F) ([]F, error) {
	folds := make([]F, min(runtime.GOMAXPROCS(0), len(d.streams.Blocks)))
	turns := d.streams.Turns()
	var group sync.WaitGroup
	for i := range folds {
		f := begin()
		folds[i] = f
		group.Go(func() {
			w := newWorker(d)
			for some := turns.Next(); len(some) > 0 && ctx.Err() == nil; some = turns.Next() {
				w.customersOf(some, f)
			}
		})
	}
	group.Wait()
	return folds, ctx.Err()
}

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
)

// Measurer answers questions about journeys. It is safe for concurrent use.
type Measurer struct {
	Source stream.Source
	// Now is the as-of instant where none is asked for. Without it the last event
	// is: a file knows no other now.
	Now func() time.Time
}

// measured is a question with what the machine found: all answers are read
// from it.
type measured struct {
	*question
	streams *stream.Streams
	asOf    int64 // nothing after it is known; microseconds
	results []Result
	// byRow are the results of a breakdown that runs the journey once a value, by
	// rowKey.
	byRow map[string][]Result
}

// measure asks the source and runs the machine over all customers.
func (m *Measurer) measure(ctx context.Context, q *question) (*measured, error) {
	d, err := m.streams(ctx, q)
	if err != nil {
		return nil, err
	}
	return d, d.run(ctx)
}

func (m *Measurer) streams(ctx context.Context, q *question) (*measured, error) {
	asOf := q.asOf
	if asOf.IsZero() && m.Now != nil {
		asOf = m.Now().UTC().Truncate(time.Microsecond)
	}
	until := asOf
	if !q.to.IsZero() && (until.IsZero() || q.to.Before(until)) {
		until = q.to
	}
	s, err := m.Source.Streams(ctx, q.ask(until))
	if err != nil {
		return nil, err
	}
	if asOf.IsZero() { // a file: its last event, or the horizon before it
		asOf = s.Last
	}
	if !q.to.IsZero() && (q.to.Before(asOf) || asOf.IsZero()) {
		asOf = q.to
	}
	return &measured{question: q, streams: s, asOf: asOf.UnixMicro()}, nil
}

// since is the first instant that counts.
func (d *measured) since() int64 {
	if d.from.IsZero() {
		return math.MinInt64
	}
	return d.from.UnixMicro()
}

// run walks all customers, in parallel over ranges of them. Results come in the
// order of the customers.
func (d *measured) run(ctx context.Context) error {
	const size = 256 // customers a range: small enough to share evenly and to stop early
	ranges := (d.streams.Len() + size - 1) / size
	found := make([]output, ranges)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), ranges) {
		workers.Go(func() {
			w := newWorker(d)
			for i := int(next.Add(1)) - 1; i < ranges && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				for customer := i * size; customer < min((i+1)*size, d.streams.Len()); customer++ {
					w.customer(customer, &found[i])
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	total := 0
	for _, o := range found {
		total += len(o.results)
	}
	d.results = slices.Grow(d.results, total)
	d.byRow = map[string][]Result{}
	for _, o := range found {
		d.results = append(d.results, o.results...)
		for _, r := range o.rows {
			key := rowKey(r.row)
			d.byRow[key] = append(d.byRow[key], r)
		}
	}
	return nil
}

// output is what one range of customers gave.
type output struct {
	results []Result
	rows    []Result // of a breakdown by all
}

// worker runs the machine over customers, one after the other.
type worker struct {
	*measured
	walk  *chainWalk
	arena arena
	chain chain
	seen  map[string]bool
}

func newWorker(d *measured) *worker {
	return &worker{measured: d, walk: newChainWalk(d.plan), seen: map[string]bool{}}
}

func (w *worker) customer(i int, to *output) {
	w.walk.load(w.streams, i, w.since())
	if r, ok := w.verdict(i); ok {
		to.results = append(to.results, r)
	}
	if len(w.keys) == 0 || w.attribution != "all" {
		return
	}
	clear(w.seen)
	var rows [][]uint32
	for _, e := range w.walk.events {
		row := w.rowOf(e)
		if key := rowKey(row); !w.seen[key] {
			w.seen[key] = true
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		w.walk.load(w.streams, i, w.since())
		w.walk.keep(func(e int32) bool { return slices.Equal(w.rowOf(e), row) })
		if r, ok := w.verdict(i); ok {
			r.row = row
			to.rows = append(to.rows, r)
		}
	}
}

func (w *worker) verdict(i int) (Result, bool) {
	what, kept := w.walk.decide(&w.chain)
	if what == noChain {
		return Result{}, false
	}
	r := w.walk.result(&w.chain, kept, &w.arena)
	r.Customer, r.Excluded = i, what == removed
	return r, true
}

// rowOf gives the codes of an event's values of the breakdown's keys.
func (d *measured) rowOf(event int32) []uint32 {
	row := make([]uint32, len(d.keys))
	for k := range d.keys {
		row[k] = d.streams.Keys[k][event]
	}
	return row
}

func rowKey(row []uint32) string {
	key := make([]byte, 0, 4*len(row))
	for _, code := range row {
		key = append(key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
	}
	return string(key)
}

// events yields the customer's events that the result was found in, from an
// instant to another, both included.
func (d *measured) events(r *Result, from, to int64, yield func(event int32)) {
	s := d.streams
	first, _ := slices.BinarySearch(s.Time[s.Start[r.Customer]:s.Start[r.Customer+1]], from)
	for e := s.Start[r.Customer] + first; e < s.Start[r.Customer+1] && s.Time[e] <= to; e++ {
		if r.row == nil || slices.Equal(d.rowOf(int32(e)), r.row) {
			yield(int32(e))
		}
	}
}

package journey

import (
	"context"
	"time"

	"beichen/internal/journey/stream"
)

// Chain is a customer's way through a journey: of their chains the one that counts.
type Chain struct {
	// Entry is when it began, microseconds since 1970 UTC; End the last instant inside
	// its window, math.MaxInt64 without a limit.
	Entry, End int64
	// At is by stage of the definition when it was passed; NotPassed where it was not.
	// With order any stage k is the k-th level.
	At []int64
	// Row are the codes of the breakdown's values: the first that the events of the
	// chain have, of each key.
	Row []uint32

	streams  *stream.Streams
	customer uint32
}

// ID is whose chain it is, as answers show them.
func (c *Chain) ID() string { return c.streams.CustomerID(c.customer) }

// NotPassed is in Chain.At where a stage was not passed.
const NotPassed = notReached

// Chains tells what all chains were made of.
type Chains struct {
	Facts        Facts
	Unattributed int
	AsOf         time.Time
	Window       Window // none has no length
	// Value is what a code of the breakdown's k-th key stands for.
	Value func(k int, code uint32) any
}

// Chains gives the chains of all customers whom a journey counts (who was excluded
// has none), those that Measure's numbers are made of. begin makes a taker for each
// worker; a chain holds until the taker returns. A breakdown's attribution is always
// the first. Errors are those of Measure.
func (m *Measurer) Chains(ctx context.Context, r Request, begin func() func(*Chain)) (*Chains, error) {
	r.Attribution, r.TimeBetween, r.Customers = "", nil, false
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.rest, q.unpriced = stream.CountOfRest, true
	d, err := m.each(ctx, q, func(d *measured) error {
		_, err := run(ctx, d, nil, 0, func() *chainTaker {
			return &chainTaker{take: begin(), chain: Chain{At: make([]int64, len(d.Journey.Stages)), streams: d.streams}}
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Chains{
		Facts:        d.facts(),
		Unattributed: d.streams.Unattributed, AsOf: instantOf(d.asOf), Window: d.plan.window,
		Value: d.valueOf,
	}, nil
}

// chainTaker hands chains out. It is a fold.
type chainTaker struct {
	take  func(*Chain)
	chain Chain
}

func (t *chainTaker) add(w *worker, r *Result) {
	if r.Excluded {
		return
	}
	c := &t.chain
	c.customer, c.Entry, c.End, c.Row = w.cursor.Customer(), r.Entry, r.End, w.onlyRowOf(r)
	for i := range c.At {
		c.At[i] = NotPassed
	}
	for k, at := range r.At {
		if at != notReached {
			c.At[w.plan.stages[k].definition] = at
		}
	}
	t.take(c)
}

func (t *chainTaker) addNext(w *worker) { t.add(w, w.fromCrowd()) }

// addInRow never happens: no breakdown runs the journey once a value.
func (t *chainTaker) addInRow(*worker, *Result) {}

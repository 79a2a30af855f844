package journey

import (
	"context"
	"encoding/json"
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

// Chains are the chains of all customers whom a journey counts (who was excluded has
// none), those that Measure's numbers are made of. They are read from the parts of what
// a source is asked.
type Chains struct {
	question *question
	asOf     time.Time
	ask      stream.Question
}

// Chains are those of a request; a breakdown's attribution is always the first. The error
// is an Invalid fault with everything that is wrong with the request.
func (m *Measurer) Chains(r Request) (*Chains, error) {
	r.Attribution, r.TimeBetween, r.Customers = "", nil, false
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.rest, q.unpriced = stream.CountOfRest, true
	asOf, ask := m.ask(q)
	return &Chains{q, asOf, ask}, nil
}

// Ask is what a source is asked.
func (c *Chains) Ask() stream.Question { return c.ask }

// Settled is the request as JSON that hangs on nothing but itself.
func (c *Chains) Settled() (json.RawMessage, error) { return c.question.settled(c.asOf) }

// Of gives the chains of the customers of a part. begin makes a taker for each worker; a
// chain holds until the taker returns. Errors are the context's.
func (c *Chains) Of(ctx context.Context, part *stream.Streams, begin func() func(*Chain)) error {
	_, err := run(ctx, c.question.of(part, c.asOf), nil, 0, func() *chainTaker {
		return &chainTaker{take: begin(), chain: Chain{At: make([]int64, len(c.question.Journey.Stages)), streams: part}}
	})
	return err
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

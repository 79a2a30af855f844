// Package history makes up the events of a company's customers, for
// benchmarks: the same plan always gives the same events, as columns, customer
// by customer.
//
// What it is made to allow: engines with different counting rules can be held
// to the same counts. Three properties see to that, and nothing else is simple:
//
//   - A customer's events have different times, so no order is left open.
//   - Every name belongs to one stage of the board or to one step of the
//     funnel at most, so no event could fill either of two.
//   - A customer passes a stage of the board always by the same one of its
//     three steps, and has one channel on all events of the board and the funnel.
//     Which of several chains an engine prefers then changes neither the steps
//     that were reached nor the channel of the entry.
//
// Customers enter as often as they like, go back, repeat, and let windows
// close. How active they are follows a power law.
package history

import (
	"math"
	"math/rand/v2"
	"time"
)

// Plan says what to make up.
type Plan struct {
	Events int // exactly so many
	Seed   uint64
}

// The span of time that events lie in: 18 months. A few of very active
// customers are moved milliseconds past its end.
var (
	First = time.Date(2024, time.July, 1, 0, 0, 0, 0, time.UTC)
	Last  = time.Date(2025, time.December, 31, 23, 59, 59, 999e6, time.UTC)
)

// Events is a run of events as columns of one length, in the order of customers
// and of each customer's time. Codes start from 0.
type Events struct {
	Customer []uint32 // from 1, about in the order of their first events
	Ordinal  []uint32 // of the event among its customer's, from 0
	Time     []int64  // milliseconds since 1970 UTC; different ones for a customer
	Name     []uint8  // of Names
	Channel  []uint8  // of Channels
	Tier     []uint8  // of Tiers: the property "plan"
	Cents    []uint32 // of money, in Currency; 0: the event brings none
}

// Len is the number of events.
func (e *Events) Len() int { return len(e.Time) }

func (e *Events) reset() {
	e.Customer, e.Ordinal, e.Time = e.Customer[:0], e.Ordinal[:0], e.Time[:0]
	e.Name, e.Channel, e.Tier, e.Cents = e.Name[:0], e.Channel[:0], e.Tier[:0], e.Cents[:0]
}

// eventsPerCustomer gives 500,000 customers to 10 million events.
const eventsPerCustomer = 20

// Customers is how many there are; each has an event at least.
func (p Plan) Customers() int { return max(1, p.Events/eventsPerCustomer) }

// Reader reads a plan's events from the first.
type Reader struct {
	plan    Plan
	weights []float64 // of customers: their parts of what goes beyond an event each
	total   float64   // of weights
	life    *life
	sum     float64 // of the weights of the customers so far
	given   int     // events of these beyond one each
	run     Events
}

// Read begins to read.
func (p Plan) Read() *Reader {
	r := &Reader{plan: p, weights: make([]float64, p.Customers()), life: newLife(p)}
	random := rand.New(rand.NewPCG(p.Seed, 0))
	for i := range r.weights {
		// Pareto's distribution, bounded so that nobody has more than some thousands.
		const shape, most = 1.3, 1000
		r.weights[i] = min(most, math.Pow(1-random.Float64(), -1/shape))
		r.total += r.weights[i]
	}
	return r
}

// Next gives the next run of whole customers, valid until it is called again;
// nil after the last one.
func (r *Reader) Next() *Events {
	const enough = 1 << 15
	r.run.reset()
	for r.run.Len() < enough && len(r.weights) > 0 {
		r.life.live(r.activity(), &r.run)
	}
	if r.run.Len() == 0 {
		return nil
	}
	return &r.run
}

// activity is how many events the next customer has. Rounding the running sum of
// the shares, not each share, makes them add up to the plan's.
func (r *Reader) activity() int {
	r.sum += r.weights[0]
	r.weights = r.weights[1:]
	spare := r.plan.Events - r.plan.Customers()
	upTo := spare
	if len(r.weights) > 0 {
		upTo = int(math.Round(r.sum / r.total * float64(spare)))
	}
	n := 1 + upTo - r.given
	r.given = upTo
	return n
}

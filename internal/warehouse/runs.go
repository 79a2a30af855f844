package warehouse

import (
	"math"
	"slices"

	"beichen/internal/identity"
)

// Runs are events as a store gives them that groups and sorts them itself: a customer's,
// and of one account with a scan that is told accounts, follow each other in the order of
// their Time, and of an instant in that of their Seq. No run is empty.
type Runs struct {
	Customer, Account []identity.Number // by run; Account is 0 where it is not asked for
	Start             []uint32          // by run, where its events begin; where the last one's end after it

	Time []int64  // by event, microseconds since 1970 UTC
	Seq  []uint64 // by event
	Kind []uint32 // by event, its place in Kinds

	Kinds   []Kind // these only grow during a scan
	Amounts []Amount
}

// Kind is what events have in common: codes of the batch, and which patterns hold.
type Kind struct {
	Name  uint32
	Match []uint64 // Batch.Words of them
	Keys  []uint32 // by key
}

// Amount is the money of an event, NaN where there is none of a sort. There is at most
// one of an event, and they stand in the order of events.
type Amount struct {
	Event       uint32
	Currency    uint32 // its code
	Value, Cost float64
}

// Len is how many runs there are.
func (r *Runs) Len() int { return len(r.Customer) }

// Reset takes all runs out, and leaves their memory to be filled again.
func (r *Runs) Reset() {
	r.Customer, r.Account, r.Start = r.Customer[:0], r.Account[:0], append(r.Start[:0], 0)
	r.Time, r.Seq, r.Kind, r.Amounts = r.Time[:0], r.Seq[:0], r.Kind[:0], r.Amounts[:0]
}

// Add says whose the events are that were added after those of the last run.
func (r *Runs) Add(customer, account identity.Number) {
	r.Customer, r.Account, r.Start = append(r.Customer, customer), append(r.Account, account), append(r.Start, uint32(len(r.Time)))
}

// Rows is a batch with every event as a row: itself, where it has no runs.
func (b *Batch) Rows() *Batch {
	r := b.Runs
	if r == nil {
		return b
	}
	out := *b
	out.Runs, out.Len, out.Time, out.Seq = nil, len(r.Time), r.Time, r.Seq
	out.Customer, out.Account, out.Count = make([]identity.Number, out.Len), make([]identity.Number, out.Len), nil
	for run, customer := range r.Customer {
		for e := r.Start[run]; e < r.Start[run+1]; e++ {
			out.Customer[e], out.Account[e] = customer, r.Account[run]
		}
	}
	out.Name, out.Match, out.Keys = make([]uint32, out.Len), nil, make([][]uint32, len(b.Keys))
	for e, code := range r.Kind {
		kind := &r.Kinds[code]
		out.Name[e], out.Match = kind.Name, append(out.Match, kind.Match...)
		for k, value := range kind.Keys {
			out.Keys[k] = append(out.Keys[k], value)
		}
	}
	out.Value, out.Cost, out.Currency = slices.Repeat([]float64{math.NaN()}, out.Len), slices.Repeat([]float64{math.NaN()}, out.Len), make([]uint32, out.Len)
	for _, a := range r.Amounts {
		out.Value[a.Event], out.Cost[a.Event], out.Currency[a.Event] = a.Value, a.Cost, a.Currency
	}
	return &out
}

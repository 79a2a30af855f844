package metric

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"beichen/internal/journey/stream"
	"beichen/internal/stat"
)

// hit is what a customer's events of one row in one period give.
type hit struct {
	row, period int // period −1: before the first, of what adds up from the beginning
	events      int // that counted
	first       int64
	sum         stat.Sum
	amounts     []float64 // of the events
	leftOut     int       // events without an amount, or with one in another currency
	success     bool      // of a rate: they did what it is of
	of, did     []seen    // the events themselves, and what made the success
	again       bool      // not the first of the customer in the row
}

// fold takes hits. Each walker has one of its own.
type fold interface {
	// add takes a hit, which holds until it returns.
	add(w *walker, h *hit)
}

// seen is an event of the customer in hand that some pattern matches; or, where a
// store counted, some that the rule does not tell apart, at the instant of the first.
type seen struct {
	at     int64
	times  int // how many they are
	row    int
	period int // −1 before the first, periods after the last
	what   uint8
	event  uint32 // its place in the block
	amount float64
	known  bool // the amount is
}

const (
	isOf = 1 << iota
	isFrom
)

// walker turns customers into hits, one customer after the other. It keeps its
// memory from customer to customer.
type walker struct {
	*measured
	cursor *stream.Cursor
	finder *stream.Finder // nil: customers are read one by one
	to     fold
	what   []uint8 // by class
	byName []uint8 // the same by the code of a name, with finder
	who    uint32  // the customer in hand
	seen   []seen
	done   []seen // of them, those that a rate is of
	hit    hit    // in the making
	values []float64
	block  *stream.Block
	rows   *rows
	codes  []uint32 // scratch of rowOf
}

// walk visits all customers, in parallel over blocks of them: each walker gives its
// hits to a fold of its own, and all folds are returned. Which customers a fold
// gets, and in which order, is left to chance.
func walk[F fold](ctx context.Context, d *measured, begin func(*rows) F) ([]F, error) {
	folds := make([]F, min(runtime.GOMAXPROCS(0), len(d.streams.Blocks)))
	turns := d.streams.Turns()
	var workers sync.WaitGroup
	for i := range folds {
		w := newWalker(d)
		folds[i] = begin(w.rows)
		w.to = folds[i]
		workers.Go(func() {
			for some := turns.Next(); len(some) > 0 && ctx.Err() == nil; some = turns.Next() {
				w.customers(some)
			}
		})
	}
	workers.Wait()
	return folds, ctx.Err()
}

func newWalker(d *measured) *walker {
	w := &walker{measured: d, cursor: d.streams.Cursor(false), rows: newRows(len(d.keys)), codes: make([]uint32, len(d.keys))}
	of, from := d.plan.as(Counted)|d.plan.as(RateOf), d.plan.as(RateFrom)
	for _, patterns := range d.streams.Classes {
		var what uint8
		if len(patterns) > 0 && patterns[0]&of != 0 {
			what |= isOf
		}
		if len(patterns) > 0 && patterns[0]&from != 0 {
			what |= isFrom
		}
		w.what = append(w.what, what)
	}
	if w.finder = w.newFinder(); w.finder != nil {
		classes, _, _ := d.streams.ByName()
		for _, class := range classes {
			w.byName = append(w.byName, w.what[class])
		}
	}
	return w
}

// newFinder is nil where more is asked of an event than when it was and whose.
func (d *measured) newFinder() *stream.Finder {
	if len(d.plan.Keys) > 0 || d.plan.Amount != nil {
		return nil
	}
	return d.streams.Finder()
}

// customers reads those of blocks and gives their hits.
func (w *walker) customers(blocks []*stream.Block) {
	if w.finder == nil {
		for _, b := range blocks {
			for i := 0; b != nil && i < b.Len(); i++ {
				w.customer(b, i)
			}
		}
		return
	}
	w.finder.Customers(blocks, func(b *stream.Block, place int, words []uint64) {
		w.who, w.seen = b.First+uint32(place), w.seen[:0]
		period := -1
		for _, word := range words {
			at := w.streams.Time(word)
			period = w.periodFrom(period, at)
			w.seen = append(w.seen, seen{at: at, times: 1, period: period, what: w.byName[w.streams.Name(word)]})
		}
		w.hits()
	})
}

// periodFrom is the period of an instant that does not lie in an earlier one than some.
func (d *measured) periodFrom(period int, at int64) int {
	for period < d.periods() && at >= d.bounds[period+1] {
		period++
	}
	return period
}

// customer reads a customer's events and gives their hits.
func (w *walker) customer(b *stream.Block, i int) {
	if !w.cursor.Load(b, i) {
		return
	}
	w.block, w.who, w.seen = b, w.cursor.Customer(), w.seen[:0]
	period := -1
	amounts, next := w.amounts()
	for n, class := range w.cursor.Class {
		what := w.what[class]
		if what == 0 {
			continue
		}
		e, at := w.cursor.Event[n], w.cursor.At[n]
		period = w.periodFrom(period, at)
		s := seen{at: at, times: w.cursor.Times(e), period: period, what: what, event: e}
		if len(w.codes) > 0 {
			s.row = w.rowOf(e)
		}
		switch {
		case amounts != nil:
			for next < len(amounts.Event) && amounts.Event[next] < e {
				next++
			}
			if next < len(amounts.Event) && amounts.Event[next] == e && w.streams.Currencies[amounts.Currency[next]] == w.plan.Amount.Currency {
				s.amount, s.known = amounts.Amount[next], true
			}
		case w.plan.property >= 0:
			s.amount, s.known = w.streams.Values[w.plan.property][w.cursor.Key(w.plan.property, e)].(float64)
		}
		w.seen = append(w.seen, s)
	}
	if len(w.seen) > 0 {
		w.hits()
	}
}

// hits gives the hits of the customer in hand, by the rule of the plan.
func (w *walker) hits() {
	switch r := &w.plan.Rule; r.By {
	case ByPeriod:
		w.eachPeriod()
	case ByOften:
		w.often(r.AtLeast)
	case ByEverOften:
		w.everOften(r.AtLeast)
	case ByWindow:
		w.within(r.AtLeast, r.Window.Micros())
	case ByShare:
		w.share(r.Within.Micros())
	}
}

// amounts are the money of the block in hand and where that of the customer in hand
// begins; nil where none is asked for.
func (w *walker) amounts() (of *stream.Amounts, first int) {
	switch {
	case w.plan.Amount == nil || !isMoney(w.plan.Amount.Of):
		return nil, 0
	case w.plan.Amount.Of.Root == costKey:
		of = &w.block.Costs
	default:
		of = &w.block.Values
	}
	return of, w.cursor.AmountsFrom(of, w.cursor.First())
}

func (w *walker) rowOf(e uint32) int {
	for k := range w.codes {
		w.codes[k] = w.cursor.Key(k, e)
	}
	return w.rows.of(w.codes)
}

// groups yields the customer's events row by row, a row's by time. It holds until
// the next call.
func (w *walker) groups(yield func(of []seen)) {
	if len(w.codes) > 0 {
		slices.SortStableFunc(w.seen, func(a, b seen) int { return a.row - b.row })
	}
	for rest := w.seen; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].row == rest[0].row {
			n++
		}
		yield(rest[:n])
		rest = rest[n:]
	}
}

// eachPeriod gives a hit for each row and period with events. Those before the
// first period are one where what came before counts.
func (w *walker) eachPeriod() {
	w.groups(func(of []seen) {
		again := false
		for len(of) > 0 {
			n := 1
			for n < len(of) && of[n].period == of[0].period {
				n++
			}
			if p := of[0].period; p < w.periods() && (p >= 0 || w.plan.Rule.Cumulative) {
				h := w.hitOf(of[:n])
				h.again = again
				w.to.add(w, h)
				again = true
			}
			of = of[n:]
		}
	})
}

// newHit is a hit of a customer's events of one row and period. It holds until the
// next one.
func (w *walker) newHit(of []seen) *hit {
	w.hit = hit{row: of[0].row, period: of[0].period, events: times(of), first: of[0].at, of: of}
	return &w.hit
}

// times is how many events they are.
func times(of []seen) (n int) {
	for i := range of {
		n += of[i].times
	}
	return n
}

// hitOf is a hit with the amounts of its events.
func (w *walker) hitOf(of []seen) *hit {
	h := w.newHit(of)
	if w.plan.Amount == nil {
		return h
	}
	w.values = w.values[:0]
	for i := range of {
		if !of[i].known {
			h.leftOut += of[i].times
			continue
		}
		for range of[i].times {
			h.sum.Add(of[i].amount)
			w.values = append(w.values, of[i].amount)
		}
	}
	h.amounts = w.values
	return h
}

// often gives a hit for each row and period with so many events or more.
func (w *walker) often(least int) {
	w.groups(func(of []seen) {
		for len(of) > 0 {
			n := 1
			for n < len(of) && of[n].period == of[0].period {
				n++
			}
			if p := of[0].period; times(of[:n]) >= least && p >= 0 && p < w.periods() {
				w.to.add(w, w.hitOf(of[:n]))
			}
			of = of[n:]
		}
	})
}

// everOften gives a hit for each row in the period in which they had done it so
// many times since the beginning.
func (w *walker) everOften(least int) {
	w.groups(func(of []seen) {
		n, did := 0, 0
		for n < len(of) && did < least {
			did += of[n].times
			n++
		}
		if did >= least && of[n-1].period < w.periods() {
			h := w.hitOf(of[:n])
			h.period = of[n-1].period
			w.to.add(w, h)
		}
	})
}

// within gives a hit for each row and period at whose end the window held so many
// events or more. The end of a period is not in its window, the beginning of the
// window is.
func (w *walker) within(least int, window int64) {
	w.groups(func(of []seen) {
		in, until, did := 0, 0, 0 // the events of the window
		for p := max(of[0].period, 0); p < w.periods() && in < len(of); p++ {
			end := w.endOf(p)
			for until < len(of) && of[until].at < end {
				did += of[until].times
				until++
			}
			for in < until && of[in].at < end-window {
				did -= of[in].times
				in++
			}
			if did >= least {
				h := w.hitOf(of[in:until])
				h.period = p
				w.to.add(w, h)
			}
		}
	})
}

// share gives a hit for each row and period in which the customer did what a rate
// is from, and whether they did what it is of: in the same period, or within so
// many microseconds after they first did the other.
func (w *walker) share(within int64) {
	w.done = w.done[:0]
	for i := range w.seen {
		if w.seen[i].what&isOf != 0 {
			w.done = append(w.done, w.seen[i])
		}
	}
	w.groups(func(of []seen) {
		last, by := -1, 0
		for i := range of {
			s := &of[i]
			if s.what&isFrom == 0 || s.period < 0 || s.period >= w.periods() || s.period == last {
				continue
			}
			last = s.period
			// Both lists are by time, so that nothing before is looked at again.
			for by < len(w.done) && (within > 0 && w.done[by].at < s.at || within == 0 && w.done[by].period < s.period) {
				by++
			}
			h := w.newHit(of[i : i+1])
			if by < len(w.done) && (within > 0 && w.done[by].at <= s.at+within || within == 0 && w.done[by].period == s.period) {
				h.success, h.did = true, w.done[by:by+1]
			}
			w.to.add(w, h)
		}
	})
}

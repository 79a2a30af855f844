package retention

import (
	"context"
	"math"
	"math/bits"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// Answer is what the facts say about a table. What is not known is null.
type Answer struct {
	Definition journey.Definition `json:"definition"`
	AsOf       time.Time          `json:"asOf"`
	Timezone   string             `json:"timezone"`
	Rule       Rule               `json:"rule"`
	// Facts are the events and customers from the first interval to the end of the
	// last, as-of at the latest.
	Facts        journey.Facts `json:"facts"`
	Unattributed int           `json:"unattributed"`
	// Average[k] is how many came back k intervals after they started: of all cohorts
	// together for which that interval is over, each weighing as many as it has.
	Average []journey.Rate `json:"average"`
	Rows    []Row          `json:"rows"`
}

// Rule says how it was counted, defaults filled in.
type Rule struct {
	Subject        string             `json:"subject"`
	Period         Period             `json:"period"`
	WeekStart      calendar.WeekStart `json:"weekStart"`
	Mode           Mode               `json:"mode"`
	Intervals      int                `json:"intervals"`
	Cumulative     bool               `json:"cumulative"`
	MinOccurrences int                `json:"minOccurrences"`
}

// Row is the cohort that started in one interval.
type Row struct {
	// From is when the interval begins, RFC 3339 in the zone.
	From string `json:"from"`
	// Counts[k] is how many of them came back k intervals later; Counts[0] the size
	// of the cohort.
	Counts []int `json:"counts"`
	// Rates[k] is Counts[k] of the cohort, with its interval.
	Rates []journey.Rate `json:"rates"`
	// Complete is how many of the counts, from the first, are of intervals that are
	// over; Partial says that some are not.
	Complete int  `json:"complete"`
	Partial  bool `json:"partial"`
	// Expired says that nothing is known of the cohort, which has no counts and no rates:
	// facts are kept from a later time on.
	Expired bool `json:"expired,omitempty"`
}

// Measure answers a request. Errors are Invalid faults for a bad request, those of
// the source, or the context's.
func (m *Measurer) Measure(ctx context.Context, r Request) (*Answer, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = true
	d, total, err := m.divided(ctx, q)
	if d == nil && err == nil {
		total = new(counts)
		d, err = m.each(ctx, q, func(d *measured) error { return total.count(ctx, d) })
	}
	if err != nil {
		return nil, err
	}
	a, err := d.answer(total)
	if err != nil {
		return nil, err
	}
	a.Facts = journey.FactsOf(d.streams, d.bounds[0])
	return a, nil
}

// count adds the customers of a part.
func (c *counts) count(ctx context.Context, d *measured) error {
	folds, err := run(ctx, d, d.newCounts)
	if err != nil {
		return err
	}
	all := d.newCounts()
	for _, f := range folds {
		all.join(f)
	}
	if c.cells == nil {
		*c = *all
	} else {
		c.join(all)
	}
	return nil
}

// counts are the cells of a table, a row of n for each interval that customers
// started in: cell j of row i counts who came back in interval j, cell i who
// started. Where the table is cumulative, cell j counts who came back in interval j
// for the last time, until tell adds them up.
type counts struct {
	n          int
	cumulative bool
	cells      []int
	lanes      []lanes // by row, what is not in cells yet
}

func (q *question) newCounts() *counts {
	n := q.Retention.Intervals
	return &counts{n: n, cumulative: q.Retention.Cumulative, cells: make([]int, n*n)}
}

func (c *counts) add(w *worker) {
	for s, interval := range w.starts {
		row := c.cells[interval*c.n : (interval+1)*c.n]
		row[interval]++
		back := w.backAfter(s)
		if c.cumulative && len(back) > 1 {
			back = back[len(back)-1:]
		}
		for _, j := range back {
			row[j]++
		}
	}
}

// lanes counts the columns of a row, eight in a word: eight counts of a byte each.
type lanes struct {
	added  int // how often, since they were emptied
	counts [8]uint64
}

// addStarts is add for the customers whom a list tells to have started, each once in an
// interval. in are the intervals in the words of the list, of says of each place in a block
// in which they came back. Nothing in it hangs on a guess at what customers did.
func (c *counts) addStarts(list []uint64, places stream.Layout, in *intervals, of []sets) {
	if c.lanes == nil {
		c.lanes = make([]lanes, c.n)
	}
	words := (c.n + 7) / 8
	for _, word := range list {
		s, interval := &of[places.Name(word)], in.of(word)&63
		start := uint64(1) << interval
		fresh := ^s.started >> interval & 1
		s.started |= start
		later := s.back &^ (start<<1 - 1)
		if c.cumulative && later != 0 {
			later = 1 << (bits.Len64(later) - 1)
		}
		row, set := &c.lanes[interval], (start|later)&-fresh
		for k := range row.counts[:words] {
			row.counts[k] += spread(uint8(set))
			set >>= 8
		}
		if row.added++; row.added == math.MaxUint8 {
			c.empty()
		}
	}
}

// spread is each bit of a byte in a byte of its own, the lowest first.
func spread(set uint8) uint64 {
	const ones, places = 0x0101010101010101, 0x8040201008040201
	return (uint64(set)*ones&places + ones*0x7f) >> 7 & ones
}

// empty brings what is in lanes into cells.
func (c *counts) empty() {
	for i := range c.lanes {
		row := c.cells[i*c.n:][:c.n]
		for k, counts := range c.lanes[i].counts {
			for column := 8 * k; counts != 0; column++ {
				row[column] += int(uint8(counts))
				counts >>= 8
			}
		}
	}
	clear(c.lanes)
}

func (c *counts) join(o *counts) {
	o.empty()
	for i, n := range o.cells {
		c.cells[i] += n
	}
}

// tell gives the counts of the cohort of interval i.
func (c *counts) tell(i int) []int {
	row := append([]int(nil), c.cells[i*c.n+i:(i+1)*c.n]...)
	if c.cumulative {
		for k := len(row) - 2; k > 0; k-- {
			row[k] += row[k+1]
		}
	}
	return row
}

func (d *measured) answer(c *counts) (*Answer, error) {
	hash, err := d.Retention.Hash()
	if err != nil {
		return nil, err
	}
	of := d.Retention
	a := &Answer{
		Definition: journey.Definition{Kind: Kind, ID: of.ID, Version: d.Version, Hash: hash},
		AsOf:       time.UnixMicro(d.asOf).UTC(), Timezone: d.location.String(),
		Rule: Rule{
			Subject: of.subject(), Period: of.Period, WeekStart: of.weekStart(), Mode: of.mode(),
			Intervals: d.n, Cumulative: of.Cumulative, MinOccurrences: of.minOccurrences(),
		},
		Unattributed: d.streams.Unattributed,
		Average:      make([]journey.Rate, d.n), Rows: make([]Row, d.n),
	}
	back, of0 := make([]int, d.n), make([]int, d.n)
	for i := range a.Rows {
		row := Row{From: time.UnixMicro(d.bounds[i]).In(d.location).Format(time.RFC3339)}
		if d.streams.Lacks(d.bounds[i]) {
			row.Expired, row.Counts, row.Rates = true, []int{}, []journey.Rate{}
			a.Rows[i] = row
			continue
		}
		row.Counts = c.tell(i)
		row.Rates = make([]journey.Rate, len(row.Counts))
		for k, n := range row.Counts {
			row.Rates[k] = *journey.RateOf(n, row.Counts[0])
			if d.over(i, k) {
				row.Complete = k + 1
				back[k], of0[k] = back[k]+n, of0[k]+row.Counts[0]
			}
		}
		row.Partial = row.Complete < len(row.Counts)
		a.Rows[i] = row
	}
	for k := range a.Average {
		a.Average[k] = *journey.RateOf(back[k], of0[k])
	}
	return a, nil
}

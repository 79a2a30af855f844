package retention

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/listing"
)

// CustomersRequest asks for the customers behind a count.
type CustomersRequest struct {
	Request
	listing.Page
	Row      int    `json:"row"`            // of the answer
	Interval int    `json:"interval"`       // k of the row's counts
	Sort     string `json:"sort,omitempty"` // newest (default), oldest, most
}

// CustomersPage is a part of the customers behind a count.
type CustomersPage struct {
	Total int          `json:"total"` // the count, where nothing is searched
	Items []BehindCell `json:"items"`
}

// BehindCell is one of the customers behind a count.
type BehindCell struct {
	ID        string    `json:"id"`
	Name      *string   `json:"name"`      // for the asker to fill; the table does not know it
	StartedAt time.Time `json:"startedAt"` // their first start event in the row's interval
	// ReturnedAt is their first return in the interval of the count, of a cumulative
	// table in that interval or a later one; Returns is how many there are. null in
	// interval 0, which asks for no return.
	ReturnedAt *time.Time `json:"returnedAt"`
	Returns    *int       `json:"returns"`
}

// Customers lists the customers behind a count of Measure's answer to the same
// request, by the walk that counted them.
func (m *Measurer) Customers(ctx context.Context, r CustomersRequest) (*CustomersPage, error) {
	q, err := r.question()
	if err != nil {
		return nil, err
	}
	all := &found{}
	d, err := m.together(ctx, q, DividedCustomers, r.settledBy, all.read)
	if d == nil && err == nil {
		d, err = m.each(ctx, q, func(d *measured) error { return all.list(ctx, d, &r) })
	}
	if err != nil {
		return nil, err
	}
	if d.streams.Lacks(d.bounds[r.Row]) {
		from := time.UnixMicro(d.streams.Kept).In(d.location).Format(time.DateOnly)
		return nil, fault.Many("journey.invalid-question", []fault.Detail{fault.At("row", 0, "journey.expired", "from", from)})
	}
	total, items := listing.Of(all.items, r.Page, idOf, order(r.Sort))
	return &CustomersPage{Total: total + all.cut, Items: items}, nil
}

// question is what is asked. The error is an Invalid fault with the path of everything
// that is wrong with it.
func (r *CustomersRequest) question() (*question, error) {
	q, err := r.Request.understand()
	if err != nil {
		return nil, err
	}
	return q, r.check(q)
}

func (r *CustomersRequest) check(q *question) error {
	var faults []fault.Detail
	if n := q.Retention.Intervals; r.Row < 0 || r.Row >= n || r.Interval < 0 || r.Row+r.Interval >= n {
		faults = append(faults, fault.At("interval", 0, "retention.unknown-cell", "row", r.Row, "interval", r.Interval))
	}
	if r.Sort != "" && !slices.Contains([]string{"newest", "oldest", "most"}, r.Sort) {
		faults = append(faults, fault.At("sort", 0, "retention.bad-sort", "value", r.Sort))
	}
	return fault.Many("journey.invalid-question", faults)
}

// found are the customers behind a count.
type found struct {
	items []BehindCell
	cut   int // who else was found, and is on no page before the end of the one asked for
}

// list adds the customers of a part.
func (f *found) list(ctx context.Context, d *measured, r *CustomersRequest) error {
	folds, err := run(ctx, d, func() *behind { return &behind{measured: d, row: r.Row, interval: r.Interval} })
	for _, fold := range folds {
		f.items = append(f.items, fold.items...)
	}
	return err
}

func idOf(i BehindCell) string { return i.ID }

// behind lists the customers behind a count. It is a fold.
type behind struct {
	*measured
	row, interval int
	items         []BehindCell
}

func (b *behind) add(w *worker) {
	s := slices.Index(w.starts, b.row)
	if s < 0 || b.interval > 0 && !b.cameBack(w.backAfter(s)) {
		return
	}
	item := BehindCell{
		ID:        b.streams.CustomerID(w.block.First + uint32(w.place)),
		StartedAt: time.UnixMicro(b.streams.Time(w.first[s])).UTC(),
	}
	if b.interval > 0 {
		item.ReturnedAt, item.Returns = w.returned(b.cell(w.first[s]))
	}
	b.items = append(b.items, item)
}

// cameBack reports whether who came back in these intervals counts.
func (b *behind) cameBack(in []int) bool {
	of := b.row + b.interval
	if b.Retention.Cumulative {
		return len(in) > 0 && in[len(in)-1] >= of
	}
	return slices.Contains(in, of)
}

// cell is the time of the count for who started with a word: from, and before until.
func (b *behind) cell(start uint64) (from, until int64) {
	last := b.row + b.interval
	if b.Retention.Cumulative {
		last = b.n - 1
	}
	if b.Retention.mode() == Calendar {
		return b.bounds[b.row+b.interval], b.bounds[last+1]
	}
	at := b.streams.Time(start)
	return at + int64(b.interval)*dayMicros, at + int64(last-b.row+1)*dayMicros
}

// returned looks at the returns of the customer in hand once more: when the first
// of them was from an instant on and before another, and how many there were.
func (w *worker) returned(from, until int64) (first *time.Time, n *int) {
	n = new(int)
	until = min(until, w.asOf+1)
	c := w.cursor
	c.Load(w.block, w.place)
	for e, class := range c.Class {
		if at := c.At[e]; w.what[class]>>returnPattern&1 == 1 && at >= from && at < until {
			if *n++; *n == 1 {
				first = new(time.UnixMicro(at).UTC())
			}
		}
	}
	return first, n
}

// order is that of a list; of equal ones by id.
func order(by string) func(a, b BehindCell) int {
	returns := func(i BehindCell) int {
		if i.Returns == nil {
			return math.MinInt
		}
		return *i.Returns
	}
	return func(a, b BehindCell) int {
		n := 0
		switch by {
		case "oldest":
			n = a.StartedAt.Compare(b.StartedAt)
		case "most":
			n = cmp.Compare(returns(b), returns(a))
		default:
			n = b.StartedAt.Compare(a.StartedAt)
		}
		return cmp.Or(n, cmp.Compare(a.ID, b.ID))
	}
}

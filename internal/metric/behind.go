package metric

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
)

// CustomersRequest asks for the customers behind a metric in a period.
type CustomersRequest struct {
	Request
	listing.Page
	Period int `json:"period"` // of the answer's periods
	// BreakdownValue is the value of a row, a list for several keys. null is the row
	// null; without the field all customers are meant.
	BreakdownValue journey.BreakdownValue `json:"breakdownValue,omitzero"`
	Only           Only                   `json:"only,omitempty"` // of a share: did, didNot; default both
	Sort           string                 `json:"sort,omitempty"` // newest (default), oldest, most
}

// Only says which customers of a share are meant.
type Only string

// Those who did what the share is of, and those who did not.
const (
	Did    Only = "did"
	DidNot Only = "didNot"
)

// CustomersPage is a part of the customers behind a metric.
type CustomersPage struct {
	Total int      `json:"total"`
	Items []Behind `json:"items"`
}

// Behind is one of the customers behind a metric in a period.
type Behind struct {
	ID     string    `json:"id"`
	Name   *string   `json:"name"`   // for the asker to fill; the metric does not know it
	At     time.Time `json:"at"`     // when they first did it there
	Events int       `json:"events"` // that count
	Amount *float64  `json:"amount"` // what these sum up to; of a time, seconds; null where nothing is summed
	Did    *bool     `json:"did"`    // of a share: whether they did what it is of
}

// Customers lists the customers behind a metric in a period of Measure's answer to
// the same request, by the walk that measured it. A formula is made of metrics, and
// these have customers: the fault names them.
func (m *Measurer) Customers(ctx context.Context, r CustomersRequest) (*CustomersPage, error) {
	d, err := m.measured(ctx, r.Request)
	if err != nil {
		return nil, err
	}
	if err := r.check(d); err != nil {
		return nil, err
	}
	if r.BreakdownValue.Values == nil {
		d.keys = nil
	}
	b := &behind{measured: d, asked: &r}
	switch {
	case d.planned():
		err = m.list(ctx, b, fromEvents{d, true})
	case d.Metric.Retention != nil:
		err = m.listReturned(ctx, b)
	default:
		err = m.listConverted(ctx, b)
	}
	if err == nil {
		err = d.expired(b.kept, r.Period)
	}
	if err != nil {
		return nil, err
	}
	page := &CustomersPage{}
	page.Total, page.Items = listing.Of(b.items, r.Page, idOf, orderOf(r.Sort))
	page.Total += b.cut
	return page, nil
}

func idOf(b Behind) string { return b.ID }

func (r *CustomersRequest) check(d *measured) error {
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	if r.Period < 0 || r.Period >= d.periods() {
		wrong("period", "metric.no-period", "periods", d.periods())
	}
	if !slices.Contains([]string{"", "newest", "oldest", "most"}, r.Sort) {
		wrong("sort", "journey.bad-value", "value", r.Sort, "allowed", "newest, oldest, most")
	}
	if !slices.Contains([]Only{"", Did, DidNot}, r.Only) {
		wrong("only", "journey.bad-value", "value", r.Only, "allowed", "did, didNot")
	}
	if v := r.BreakdownValue.Values; v != nil && (len(d.keys) == 0 || len(v) != len(d.keys)) {
		wrong("breakdownValue", "journey.bad-breakdown-value")
	}
	if d.Metric.Formula != "" {
		faults = append(faults, formulaHasNone(d.Metric))
	}
	return fault.Many("journey.invalid-question", faults)
}

// formulaHasNone says that a formula has no customers of its own, and which metrics
// have.
func formulaHasNone(d *Definition) fault.Detail {
	var ids []string
	for _, of := range d.References() {
		ids = append(ids, of.ID)
	}
	return fault.At("metric", 0, "metric.formula-customers", "metrics", strings.Join(ids, ", "))
}

func orderOf(by string) func(a, b Behind) int {
	amount := func(b Behind) float64 {
		if b.Amount == nil {
			return math.Inf(-1)
		}
		return *b.Amount
	}
	return func(a, b Behind) int {
		n := 0
		switch by {
		case "oldest":
			n = a.At.Compare(b.At)
		case "most":
			n = cmp.Or(cmp.Compare(amount(b), amount(a)), b.Events-a.Events)
		default:
			n = b.At.Compare(a.At)
		}
		return cmp.Or(n, cmp.Compare(a.ID, b.ID), b.At.Compare(a.At)) // of several cohorts
	}
}

// behind lists the customers behind a metric in a period.
type behind struct {
	*measured
	asked *CustomersRequest
	items []Behind
	cut   int       // who else was found, and is on no page before the end of the one asked for
	kept  time.Time // as of Facts.KeptFrom
}

// list lists the customers of an origin.
func (m *Measurer) list(ctx context.Context, b *behind, o origin) error {
	s, err := m.together(ctx, b.measured, b.asked, o, b.read)
	if s == nil && err == nil {
		s, err = stream.EachPart(ctx, m.Source, o.ask(), func(part *stream.Streams) error { return o.list(ctx, b, part) })
	}
	if err == nil {
		b.kept = journey.FactsOf(s, math.MinInt64).KeptFrom
	}
	return err
}

// add adds customers, unless they are none of those who are meant.
func (b *behind) add(items []Behind) {
	for _, i := range items {
		if i.Did == nil || b.asked.Only == "" || *i.Did == (b.asked.Only == Did) {
			b.items = append(b.items, i)
		}
	}
}

// stands reports whether a row's customers are meant.
func (b *behind) stands(value any) bool {
	values := b.asked.BreakdownValue.Values
	want := any(values)
	if len(values) == 1 {
		want = values[0]
	}
	return values == nil || string(jsonOf(want)) == string(jsonOf(value))
}

// counts reports whether what happened in a period counts in another: in itself,
// and of what adds up in later ones.
func (d *measured) counts(in, of int) bool { return in == of || d.Metric.Cumulative && in < of }

// lister lists whom hits are of. It is a fold.
type lister struct {
	*behind
	*measured // of the part
	rows      *rows
	items     []Behind
	last      uint32 // the customer listed last
}

func (l *lister) add(w *walker, h *hit) {
	if !l.counts(h.period, l.asked.Period) || !l.stands(rowValue(l.rows.codes[h.row], l.valueOf)) {
		return
	}
	if n := len(l.items); n > 0 && l.last == w.who { // a period before, of what adds up
		l.items[n-1].Events += h.events
		l.items[n-1].take(h)
		return
	}
	item := Behind{ID: l.streams.CustomerID(w.who), At: timeOf(h.first), Events: h.events}
	item.take(h)
	if l.Metric.Rate != nil {
		item.Did = new(h.success)
	}
	l.items, l.last = append(l.items, item), w.who
}

// take adds the amounts of a hit; where none of its events has one, nothing is known.
func (b *Behind) take(h *hit) {
	if len(h.amounts) == 0 {
		return
	}
	total := h.sum.Total()
	if b.Amount != nil {
		total += *b.Amount
	}
	b.Amount = &total
}

// listConverted lists those whose chains began in the period.
func (m *Measurer) listConverted(ctx context.Context, b *behind) error {
	of, stages, err := m.stagesOf(ctx, b.measured)
	if err != nil {
		return err
	}
	chains, err := m.Journeys.Chains(of)
	if err != nil {
		return err
	}
	return m.list(ctx, b, fromChains{chains, stages})
}

// listReturned lists the cohorts that began in the period, by the table's own walk.
func (m *Measurer) listReturned(ctx context.Context, b *behind) error {
	table, version, err := m.tableOf(ctx, b.measured)
	if err != nil {
		return err
	}
	// A period has cohorts of several tables where it is longer than these.
	type cohorts struct {
		of   retention.Request
		rows []int
	}
	var tables []cohorts
	one := *b.measured
	one.bounds = b.bounds[b.asked.Period : b.asked.Period+2]
	facts, _, err := m.eachCohort(ctx, &one, table, version, func(r retention.Request, row int, cohort *retention.Row, at int64) error {
		if one.periodOf(at) != 0 || cohort.Expired {
			return nil
		}
		if n := len(tables); n == 0 || tables[n-1].of.From != r.From {
			tables = append(tables, cohorts{of: r})
		}
		last := &tables[len(tables)-1]
		last.rows = append(last.rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range tables {
		starts, err := m.Retention.Starts(t.of)
		if err != nil {
			return err
		}
		if err := m.list(ctx, b, fromCohorts{starts, t.rows}); err != nil {
			return err
		}
	}
	b.kept = facts.KeptFrom
	return nil
}

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
	b := behind{measured: d, period: r.Period, values: r.BreakdownValue.Values}
	switch {
	case d.planned():
		err = m.listCounted(ctx, &b)
	case d.Metric.Retention != nil:
		err = m.listReturned(ctx, &b)
	default:
		err = m.listConverted(ctx, &b)
	}
	if err == nil {
		err = d.expired(b.kept, r.Period)
	}
	if err != nil {
		return nil, err
	}
	items := slices.DeleteFunc(b.items, func(i Behind) bool {
		return i.Did != nil && (r.Only == Did && !*i.Did || r.Only == DidNot && *i.Did)
	})
	page := &CustomersPage{}
	page.Total, page.Items = listing.Of(items, r.Page, func(i Behind) string { return i.ID }, orderOf(r.Sort))
	return page, nil
}

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
		return cmp.Or(n, cmp.Compare(a.ID, b.ID))
	}
}

// behind lists the customers behind a metric in a period.
type behind struct {
	*measured
	period int
	values []any // of the breakdown's keys; nil: all customers
	items  []Behind
	kept   time.Time // as of Facts.KeptFrom
}

// stands reports whether a row's customers are meant.
func (b *behind) stands(value any) bool {
	want := any(b.values)
	if len(b.values) == 1 {
		want = b.values[0]
	}
	return b.values == nil || string(jsonOf(want)) == string(jsonOf(value))
}

// listCounted lists by the walk over events. Who stands in several rows is listed
// once.
func (m *Measurer) listCounted(ctx context.Context, b *behind) error {
	if b.values == nil {
		b.keys = nil
		b.planned()
	}
	whole, err := stream.EachPart(ctx, m.Source, b.plan.Question(), func(part *stream.Streams) error {
		d := b.about(part)
		folds, err := walk(ctx, d, func(r *rows) *counted {
			return &counted{behind: behind{measured: d, period: b.period, values: b.values}, rows: r}
		})
		for _, f := range folds {
			b.items = append(b.items, f.items...)
		}
		return err
	})
	if err == nil {
		b.kept = journey.FactsOf(whole, math.MinInt64).KeptFrom
	}
	return err
}

// counts reports whether what happened in a period counts in another: in itself,
// and of what adds up in later ones.
func (d *measured) counts(in, of int) bool { return in == of || d.Metric.Cumulative && in < of }

// counted is behind as a fold.
type counted struct {
	behind
	rows *rows
	last uint32 // the customer listed last
}

func (c *counted) add(w *walker, h *hit) {
	if !c.counts(h.period, c.period) || !c.stands(rowValue(c.rows.codes[h.row], c.valueOf)) {
		return
	}
	if n := len(c.items); n > 0 && c.last == w.cursor.Customer() { // a period before, of what adds up
		c.items[n-1].Events += h.events
		c.items[n-1].take(h)
		return
	}
	item := Behind{ID: c.streams.CustomerID(w.cursor.Customer()), At: timeOf(h.first), Events: h.events}
	item.take(h)
	if c.Metric.Rate != nil {
		item.Did = new(h.success)
	}
	c.items, c.last = append(c.items, item), w.cursor.Customer()
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
	if b.values == nil {
		b.keys, b.Breakdown = nil, nil
	}
	j, from, to, err := m.stagesOf(ctx, b.measured)
	if err != nil {
		return err
	}
	type found struct {
		Behind
		row []uint32
	}
	var takers []*[]found
	info, err := m.Journeys.Chains(ctx, j, func() func(*journey.Chain) {
		list := &[]found{}
		takers = append(takers, list)
		return func(c *journey.Chain) {
			on := c.At[to] != journey.NotPassed
			if b.periodOf(c.Entry) != b.period || c.At[from] == journey.NotPassed || b.Metric.Time != nil && !on {
				return
			}
			f := found{Behind{ID: c.ID(), At: timeOf(c.At[from]), Events: 1}, slices.Clone(c.Row)}
			if b.Metric.Time != nil {
				f.Amount = new(float64(c.At[to]-c.At[from]) / 1e6)
			} else {
				f.Did = &on
			}
			*list = append(*list, f)
		}
	})
	if err != nil {
		return err
	}
	b.kept = info.Facts.KeptFrom
	for _, list := range takers {
		for _, f := range *list {
			if b.stands(rowValue(f.row, info.Value)) {
				b.items = append(b.items, f.Behind)
			}
		}
	}
	return nil
}

// listReturned lists the cohorts that began in the period, by the table's own walk.
func (m *Measurer) listReturned(ctx context.Context, b *behind) error {
	table, version, err := m.tableOf(ctx, b.measured)
	if err != nil {
		return err
	}
	of := b.Metric.Retention.Interval
	facts, _, err := m.eachCohort(ctx, b.measured, table, version, func(r retention.Request, row int, cohort *retention.Row, at int64) error {
		if b.periodOf(at) != b.period || cohort.Expired {
			return nil
		}
		list := func(interval int) (map[string]retention.BehindCell, error) {
			cells := map[string]retention.BehindCell{}
			for {
				page, err := m.Retention.Customers(ctx, retention.CustomersRequest{Request: r, Row: row, Interval: interval, Page: listing.Page{Offset: len(cells), Limit: 1000}, Sort: "oldest"})
				if err != nil {
					return nil, err
				}
				for _, c := range page.Items {
					cells[c.ID] = c
				}
				if len(page.Items) == 0 || len(cells) >= page.Total {
					return cells, nil
				}
			}
		}
		started, err := list(0)
		if err != nil {
			return err
		}
		came, err := list(of)
		if err != nil {
			return err
		}
		for id, c := range started {
			_, did := came[id]
			b.items = append(b.items, Behind{ID: id, At: c.StartedAt, Events: 1, Did: &did})
		}
		return nil
	})
	b.kept = facts.KeptFrom
	return err
}

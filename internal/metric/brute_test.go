package metric

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"beichen/internal/event"
)

// brute measures metrics of events the long way: for every period and row it looks
// at every event of every customer again.
type brute struct {
	of       *Definition
	messages []*event.Message
	bounds   []time.Time
	asOf     time.Time
	key      *event.Key // of the breakdown
}

// told is what it finds for a row in a period.
type told struct {
	value        *float64
	n, successes int
	customers    []string // who is behind it, sorted
}

func matches(e *Events, m *event.Message) bool {
	return slices.ContainsFunc(e.patterns(), func(p event.Pattern) bool { return (p.AnyName || p.Name == m.Name) && p.Where.Matches(m) })
}

func (b *brute) rowOf(m *event.Message) string {
	if b.key == nil {
		return "null"
	}
	raw, err := json.Marshal(event.Scalar(b.key.Of(m)))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// customers are the events that count by customer, by time.
func (b *brute) customers() map[string][]*event.Message {
	by := map[string][]*event.Message{}
	for _, m := range b.messages {
		if !m.Time.After(b.asOf) && b.of.Segment.Matches(m) {
			by[m.UserID] = append(by[m.UserID], m)
		}
	}
	for _, events := range by {
		slices.SortStableFunc(events, func(a, b *event.Message) int { return a.Time.Compare(b.Time) })
	}
	return by
}

func (b *brute) amount(a *Amounts, m *event.Message) (float64, bool) {
	if a.Of.Root == event.Value {
		if m.Value == nil || m.Currency != a.Currency {
			return 0, false
		}
		return *m.Value, true
	}
	v, ok := a.Of.Of(m).(float64)
	return v, ok
}

// measure is the row in period p.
func (b *brute) measure(row string, p int) told {
	start, end := b.bounds[p], b.bounds[p+1]
	inside := func(m *event.Message) bool { return !m.Time.Before(start) && m.Time.Before(end) }
	if b.of.Cumulative {
		inside = func(m *event.Message) bool { return m.Time.Before(end) }
	}
	var out told
	var amounts []float64
	add := func(who string) {
		if !slices.Contains(out.customers, who) {
			out.customers = append(out.customers, who)
		}
	}
	for who, events := range b.customers() {
		switch d := b.of; {
		case d.Count != nil:
			for _, m := range events {
				if inside(m) && matches(d.Count, m) && b.rowOf(m) == row {
					out.n++
					add(who)
				}
			}
		case d.Customers != nil:
			times := 0
			for _, m := range events {
				if inside(m) && matches(&d.Customers.Events, m) && b.rowOf(m) == row {
					times++
				}
			}
			if times >= max(d.Customers.AtLeast, 1) {
				out.n++
				add(who)
			}
		case d.Active != nil:
			until := end
			if b.asOf.Before(end) {
				until = b.asOf.Add(time.Microsecond)
			}
			since := until.Add(-time.Duration(d.Active.Window.Micros()) * time.Microsecond)
			times := 0
			for _, m := range events {
				if !m.Time.Before(since) && m.Time.Before(until) && matches(&d.Active.Events, m) && b.rowOf(m) == row {
					times++
				}
			}
			if times >= max(d.Active.AtLeast, 1) {
				out.n++
				add(who)
			}
		case d.Sum != nil, d.Average != nil, d.Quantile != nil:
			a := d.Sum
			if d.Average != nil {
				a = d.Average
			} else if d.Quantile != nil {
				a = &d.Quantile.Amounts
			}
			sum, some := 0.0, false
			for _, m := range events {
				if !inside(m) || !matches(&a.Events, m) || b.rowOf(m) != row {
					continue
				}
				add(who)
				v, ok := b.amount(a, m)
				if !ok {
					continue
				}
				sum, some = sum+v, true
				if a.Per != PerCustomer {
					amounts = append(amounts, v)
				}
			}
			if some && a.Per == PerCustomer {
				amounts = append(amounts, sum)
			}
		case d.Rate != nil:
			for i, m := range events {
				if !inside(m) || !matches(&d.Rate.From, m) || b.rowOf(m) != row {
					continue
				}
				if slices.ContainsFunc(events[:i], func(o *event.Message) bool {
					return inside(o) && matches(&d.Rate.From, o) && b.rowOf(o) == row
				}) {
					continue
				}
				out.n++
				add(who)
				if slices.ContainsFunc(events, func(o *event.Message) bool {
					if d.Rate.Within.IsZero() {
						return inside(o) && matches(&d.Rate.Of, o)
					}
					within := time.Duration(d.Rate.Within.Micros()) * time.Microsecond
					return !o.Time.Before(m.Time) && !o.Time.After(m.Time.Add(within)) && matches(&d.Rate.Of, o)
				}) {
					out.successes++
				}
			}
		}
	}
	switch d := b.of; {
	case d.Sum != nil:
		out.n = len(amounts)
		sum := 0.0
		for _, v := range amounts {
			sum += v
		}
		out.value = &sum
	case d.Average != nil || d.Quantile != nil:
		if out.n = len(amounts); out.n == 0 {
			break
		}
		sort.Float64s(amounts)
		q, sum := 0.5, 0.0
		for _, v := range amounts {
			sum += v
		}
		if d.Average != nil {
			out.value = new(sum / float64(len(amounts)))
			break
		}
		q = d.Quantile.Q
		at := q * float64(len(amounts)-1)
		low := amounts[int(math.Floor(at))]
		high := amounts[min(int(math.Floor(at))+1, len(amounts)-1)]
		out.value = new(low + (at-math.Floor(at))*(high-low))
	case d.Rate != nil:
		if out.n > 0 {
			out.value = new(float64(out.successes) / float64(out.n))
		}
	default:
		out.value = new(float64(out.n))
	}
	slices.Sort(out.customers)
	return out
}

func (t told) String() string {
	value := "unknown"
	if t.value != nil {
		value = fmt.Sprintf("%.9g", *t.value)
	}
	return fmt.Sprintf("%s of %d, %d did; %v", value, t.n, t.successes, t.customers)
}

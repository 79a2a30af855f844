package metric

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
)

// shelf is a book of definitions in memory.
type shelf struct {
	metrics    map[string]*Definition
	journeys   map[string]*journey.Journey
	retentions map[string]*retention.Definition
}

func find[T any](of map[string]*T, kind, id string) (*T, int, error) {
	if d := of[id]; d != nil {
		return d, 1, nil
	}
	return nil, 0, fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}

func (s *shelf) Metric(_ context.Context, id string) (*Definition, int, error) {
	return find(s.metrics, "Metric", id)
}
func (s *shelf) Journey(_ context.Context, id string) (*journey.Journey, int, error) {
	return find(s.journeys, "Journey", id)
}
func (s *shelf) Retention(_ context.Context, id string) (*retention.Definition, int, error) {
	return find(s.retentions, "Retention", id)
}

// shop sells tea: in each of four weeks from Monday 2 March 2026 on, of n visitors
// every other one orders two days later, the first of them for 100, the next for
// 101 …; half of those order again a week after.
func shop(t *testing.T, texts ...string) *Measurer {
	t.Helper()
	var messages []*event.Message
	add := func(who, name string, at time.Time, amount float64) {
		m := &event.Message{Type: event.Track, UserID: who, Name: name, Time: at, Seq: uint64(len(messages) + 1), MessageID: fmt.Sprint(len(messages)), Channel: "search"}
		if len(messages)%3 == 0 {
			m.Channel = "email"
		}
		if amount > 0 {
			m.Value, m.Currency = &amount, "TWD"
		}
		messages = append(messages, m)
	}
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for week, visitors := range []int{8, 12, 16, 4} {
		at := monday.AddDate(0, 0, 7*week)
		for v := range visitors {
			who := fmt.Sprintf("w%d-%d", week, v)
			add(who, "Visited", at, 0)
			if v%2 == 0 {
				add(who, "Ordered", at.AddDate(0, 0, 2), 100+float64(v/2))
			}
			if v%4 == 0 && week < 3 {
				add(who, "Ordered", at.AddDate(0, 0, 9), 50)
			}
		}
	}
	s := &shelf{metrics: map[string]*Definition{}, journeys: map[string]*journey.Journey{}, retentions: map[string]*retention.Definition{}}
	j, err := journey.Parse([]byte("{kind: Journey, id: buying, window: 7d, stages: [{id: visit, steps: [{id: v, when: [{event: Visited}]}]}, {id: order, steps: [{id: o, when: [{event: Ordered}]}]}]}"))
	if err != nil {
		t.Fatal(err)
	}
	s.journeys["buying"] = j
	table, err := retention.Parse([]byte("{kind: Retention, id: again, start: {event: Ordered}, return: {event: Ordered}, period: week, intervals: 3}"))
	if err != nil {
		t.Fatal(err)
	}
	s.retentions["again"] = table
	for _, text := range texts {
		d := parse(t, text)
		s.metrics[d.ID] = d
	}
	source := stream.NewMemory(messages, uint64(len(messages)))
	return &Measurer{Source: source, Book: s, Journeys: &journey.Measurer{Source: source}, Retention: &retention.Measurer{Source: source}}
}

var (
	orders   = "{kind: Metric, id: orders, unit: order, count: {event: Ordered}}"
	revenue  = "{kind: Metric, id: revenue, sum: {event: Ordered, of: value, currency: TWD}}"
	visitors = "{kind: Metric, id: visitors, customers: {event: Visited}}"
	basket   = "{kind: Metric, id: basket, unit: TWD/order, formula: revenue / orders}"
)

func (m *Measurer) ask(t *testing.T, text string, r Request) *Answer {
	t.Helper()
	r.Metric = parse(t, text)
	if r.From == "" {
		r.From, r.AsOf = "2026-03-02", "2026-04-30"
		r.To = "2026-03-29"
	}
	a, err := m.Measure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func values(points []Point) string {
	var out []string
	for _, p := range points {
		text := "?"
		if p.Value != nil {
			text = fmt.Sprintf("%.4g", *p.Value)
		}
		if p.Numerator != nil {
			text += fmt.Sprintf(" (%d of %d)", *p.Numerator, p.N)
		}
		if p.Partial {
			text += " partial"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormulasAreComputedPeriodByPeriod(t *testing.T) {
	m := shop(t, orders, revenue, visitors, basket)
	same(t, "4, 8, 11, 6", values(m.ask(t, orders, Request{}).Periods))
	same(t, "406, 715, 978, 401", values(m.ask(t, revenue, Request{}).Periods))
	a := m.ask(t, basket, Request{})
	same(t, "101.5, 89.38, 88.91, 66.83", values(a.Periods))
	same(t, "TWD/order", a.Unit)
	same(t, []string{"revenue TWD", "orders order"}, []string{a.Inputs[0].Definition.ID + " " + a.Inputs[0].Unit, a.Inputs[1].Definition.ID + " " + a.Inputs[1].Unit})
	// of formulas, and units are computed
	a = m.ask(t, "{kind: Metric, id: x, formula: basket * orders / visitors}", Request{})
	same(t, "TWD/customer", a.Unit)
	same(t, "50.75, 59.58, 61.12, 100.2", values(a.Periods))
}

func TestAnythingOverZeroIsUnknown(t *testing.T) {
	m := shop(t, orders, revenue)
	a := m.ask(t, basket, Request{From: "2026-02-23", To: "2026-03-08", AsOf: "2026-04-30"})
	same(t, "?, 101.5", values(a.Periods))
}

func TestAFormulaIsBrokenDownByTheValuesOfItsInputs(t *testing.T) {
	m := shop(t, orders, revenue)
	a := m.ask(t, basket, Request{Breakdown: []string{"channel"}, Grain: Whole})
	whole := m.ask(t, basket, Request{Grain: Whole})
	same(t, values(whole.Periods), values(a.Periods))
	sum, n := 0.0, 0
	for _, row := range a.Breakdown {
		for _, in := range a.Inputs {
			for _, part := range in.Breakdown {
				if part.Value == row.Value && in.Definition.ID == "revenue" {
					sum += *part.Periods[0].Value
				} else if part.Value == row.Value {
					n += int(*part.Periods[0].Value)
				}
			}
		}
	}
	if len(a.Breakdown) != 2 || sum != 2500 || n != 29 {
		t.Errorf("%d rows with %v in %d orders", len(a.Breakdown), sum, n)
	}
}

// TestConversionsAreThoseOfTheBoard: who entered in a period is told there, so that
// the periods add up to what the journey itself says.
func TestConversionsAreThoseOfTheBoard(t *testing.T) {
	m := shop(t)
	const text = "{kind: Metric, id: c, conversion: {journey: buying, to: order}}"
	a := m.ask(t, text, Request{})
	same(t, "0.5 (4 of 8), 0.5 (6 of 12), 0.5 (8 of 16), 0.5 (2 of 4)", values(a.Periods))
	board, err := m.Journeys.Measure(t.Context(), journey.Request{Journey: m.Book.(*shelf).journeys["buying"], AsOf: "2026-04-30"})
	if err != nil {
		t.Fatal(err)
	}
	entered, ordered := 0, 0
	for _, p := range a.Periods {
		entered, ordered = entered+p.N, ordered+*p.Numerator
	}
	if entered != *board.Entered || ordered != *board.Stages[1].Reached {
		t.Errorf("%d of %d, and the board says %d of %d", ordered, entered, *board.Stages[1].Reached, *board.Entered)
	}
	page, err := m.Customers(t.Context(), CustomersRequest{
		Request: Request{Metric: parse(t, text), From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30"}, Period: 3, Only: DidNot,
	})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 2 || page.Items[0].ID != "w3-1" || *page.Items[0].Did {
		t.Errorf("%+v", page)
	}
	same(t, "0.5 (6 of 12)", values(m.ask(t, text, Request{From: "2026-03-09", To: "2026-03-15", AsOf: "2026-04-30"}).Periods))
	same(t, "0 (0 of 16) partial", values(m.ask(t, text, Request{From: "2026-03-16", To: "2026-03-17", AsOf: "2026-03-17"}).Periods))
}

func TestTimesAreThoseOfTheBoard(t *testing.T) {
	m := shop(t)
	a := m.ask(t, "{kind: Metric, id: c, time: {journey: buying, from: visit, to: order}}", Request{})
	same(t, "1.728e+05, 1.728e+05, 1.728e+05, 1.728e+05", values(a.Periods))
	same(t, "s", a.Unit)
	same(t, 8, a.Periods[2].N)
}

func TestReturnsAreThoseOfTheTable(t *testing.T) {
	m := shop(t)
	const text = "{kind: Metric, id: back, retention: {table: again, interval: 1}}"
	a := m.ask(t, text, Request{})
	same(t, "0.5 (2 of 4), 0.375 (3 of 8), 0.3636 (4 of 11), 0 (0 of 6)", values(a.Periods))
	page, err := m.Customers(t.Context(), CustomersRequest{
		Request: Request{Metric: parse(t, text), From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30"}, Period: 1, Only: Did, Page: listing.Page{Limit: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 3 || len(page.Items) != 2 || !strings.HasPrefix(page.Items[0].ID, "w1-") {
		t.Errorf("%+v", page)
	}
	same(t, "0.5 (2 of 4), 0.375 (3 of 8) partial, 0 (0 of 11) partial", values(m.ask(t, text, Request{From: "2026-03-02", AsOf: "2026-03-22T12:00:00Z"}).Periods[:3]))
}

// TestAnEventIsCountedOnceInTheFactsOfReturns: cohorts of more intervals than a table
// may have are read from several, which look at some events twice.
func TestAnEventIsCountedOnceInTheFactsOfReturns(t *testing.T) {
	m := shop(t)
	of := func(text string, r Request) int { return m.ask(t, text, r).Facts.Events }
	all := of("{kind: Metric, id: all, count: {event: \"*\"}}", Request{})
	same(t, all, of("{kind: Metric, id: back, retention: {table: again, interval: 1}}", Request{}))
	hourly, err := retention.Parse([]byte("{kind: Retention, id: hourly, start: {event: Ordered}, return: {event: Ordered}, period: hour, intervals: 192}"))
	if err != nil {
		t.Fatal(err)
	}
	m.Book.(*shelf).retentions["hourly"] = hourly
	for _, interval := range []int{1, 168} {
		a := m.ask(t, fmt.Sprintf("{kind: Metric, id: later, retention: {table: hourly, interval: %d}}", interval), Request{})
		started := 0
		for _, p := range a.Periods {
			started += p.N
		}
		if started != 29 || a.Facts.Events != all {
			t.Errorf("interval %d: %d started, of %d events, not 29 of %d", interval, started, a.Facts.Events, all)
		}
	}
}

func TestRatesHaveAnIntervalAndNeverExceedOne(t *testing.T) {
	m := shop(t)
	a := m.ask(t, "{kind: Metric, id: r, rate: {of: {event: Ordered}, from: {event: Visited}, within: 3d}}", Request{})
	same(t, "0.5 (4 of 8), 0.5 (6 of 12), 0.5 (8 of 16), 0.5 (2 of 4)", values(a.Periods))
	same(t, "0.2152 … 0.7848", fmt.Sprintf("%.4f … %.4f", *a.Periods[0].Low, *a.Periods[0].High)) // Wilson, 4 of 8
	a = m.ask(t, "{kind: Metric, id: r, rate: {of: {event: Ordered}, from: {event: Visited}, within: 3d}}", Request{From: "2026-03-23", AsOf: "2026-03-30"})
	same(t, true, a.Periods[0].Partial) // within is not over for who came on Sunday night
}

func TestWithoutDatesTheUsualPeriodsEndWithTheLastEvent(t *testing.T) {
	m := shop(t, orders)
	a, err := m.Measure(t.Context(), Request{Metric: parse(t, orders)})
	if err != nil {
		t.Fatal(err)
	}
	same(t, 26, len(a.Periods))
	same(t, "2026-03-23T00:00:00Z", a.Periods[25].From)
	same(t, uint64(69), a.Facts.Through)
	for grain, n := range usual {
		a, err := m.Measure(t.Context(), Request{Metric: parse(t, orders), Grain: grain})
		if err != nil || len(a.Periods) != n {
			t.Errorf("%s: %v, %v", grain, a, err)
		}
	}
}

// faults are the keys of an error's faults with their paths and lines.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("%v is no fault", err)
	}
	var out []string
	for _, d := range f.Faults {
		out = append(out, fmt.Sprintf("%s:%d %s", d.Path, d.Line, d.Key))
	}
	return out
}

func TestAFormulaIsHeldToWhatItNames(t *testing.T) {
	m := shop(t, orders, revenue, "{kind: Metric, id: one, formula: two + 1}", "{kind: Metric, id: two, formula: three * 2}")
	for text, want := range map[string][]string{
		"kind: Metric\nid: x\nformula: orders + revenue":                                  {"formula:3 formula.units-differ"},
		"kind: Metric\nid: x\nformula: orders + nothing + none":                           {"formula:3 formula.unknown-metric", "formula:3 formula.unknown-metric"},
		"kind: Metric\nid: three\nformula: one / orders":                                  {"formula:3 metric.cycle"},
		"kind: Metric\nid: x\nformula: x":                                                 {"formula:3 metric.cycle"},
		"kind: Metric\nid: x\nformula: x + nothing * 2":                                   {"formula:3 formula.unknown-metric", "formula:3 metric.cycle"},
		"kind: Metric\nid: x\nunit: TWD\nformula: revenue / orders":                       {"unit:3 metric.unit-differs"},
		"kind: Metric\nid: x\nconversion:\n  journey: buying\n  from: order\n  to: visit": {"conversion.to:6 metric.stages-reversed"},
		"kind: Metric\nid: x\ntime:\n  journey: buying\n  to: paid":                       {"time.to:5 metric.no-stage"},
		"kind: Metric\nid: x\ntime:\n  journey: none\n  to: paid":                         {"time.journey:4 metric.no-journey"},
		"kind: Metric\nid: x\nretention:\n  table: again\n  interval: 3":                  {"retention.interval:5 metric.no-interval"},
		"kind: Metric\nid: x\nretention:\n  table: none\n  interval: 3":                   {"retention.table:4 metric.no-table"},
	} {
		same(t, want, faults(t, parse(t, text).Check(t.Context(), m.Book)))
	}
	err := parse(t, "{kind: Metric, id: three, formula: one / orders}").Check(t.Context(), m.Book)
	if !strings.Contains(err.Error(), "three → one → two → three") {
		t.Errorf("the path is not told: %v", err)
	}
}

func TestQuestionsAreCheckedWhole(t *testing.T) {
	m := shop(t, orders)
	_, err := m.Measure(t.Context(), Request{Metric: parse(t, orders), From: "soon", Grain: "moon", Breakdown: []string{"a", "channel", "value", "source"}, Timezone: "Mars"})
	same(t, []string{"timezone:0 journey.bad-timezone", "from:0 journey.bad-date", "grain:0 metric.bad-grain", "breakdown:0 metric.too-many-keys", "breakdown:0 event.bad-key"}, faults(t, err))
	for want, r := range map[string]Request{
		"from:0 metric.whole-from":       {Grain: Whole},
		"from:0 metric.from-after-as-of": {From: "2026-12-01"},
		"from:0 metric.too-many-periods": {From: "2000-01-01", Grain: "day"},
	} {
		r.Metric = parse(t, orders)
		_, err := m.Measure(t.Context(), r)
		same(t, []string{want}, faults(t, err))
	}
	_, err = m.Customers(t.Context(), CustomersRequest{Request: Request{Metric: parse(t, "{kind: Metric, id: x, formula: orders * 2}")}, Period: 26, Sort: "best", Only: "some"})
	same(t, []string{"period:0 metric.no-period", "sort:0 journey.bad-value", "only:0 journey.bad-value", "metric:0 metric.formula-customers"}, faults(t, err))
}

// TestABreakdownTellsTheValuesThatCounted: whether a value that nobody did it often enough
// with has a row must not hang on whom a walker met first.
func TestABreakdownTellsTheValuesThatCounted(t *testing.T) {
	var messages []*event.Message
	for i, channel := range []string{"email", "search", "search"} {
		at := time.Date(2026, 3, 2, 9, i, 0, 0, time.UTC)
		messages = append(messages, &event.Message{Type: event.Track, UserID: channel, Name: "Visited", Channel: channel, Time: at, Seq: uint64(i + 1), MessageID: fmt.Sprint(i)})
	}
	m := &Measurer{Source: stream.NewMemory(messages, 3)}
	a := m.ask(t, "{kind: Metric, id: m, customers: {event: Visited, atLeast: 2}}", Request{Breakdown: []string{"channel"}, From: "2026-03-02", AsOf: "2026-03-03"})
	if len(a.Breakdown) != 1 || a.Breakdown[0].Value != "search" || *a.Breakdown[0].Periods[0].Value != 1 {
		t.Errorf("%+v", a.Breakdown)
	}
}

package tree

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/metric"
)

// shelf is a book of definitions in memory.
type shelf struct {
	metrics    map[string]*metric.Definition
	journeys   map[string]*journey.Journey
	retentions map[string]*retention.Definition
}

func find[T any](of map[string]*T, kind, id string) (*T, int, error) {
	if d := of[id]; d != nil {
		return d, 1, nil
	}
	return nil, 0, fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}

func (s *shelf) Metric(_ context.Context, id string) (*metric.Definition, int, error) {
	return find(s.metrics, "Metric", id)
}
func (s *shelf) Journey(_ context.Context, id string) (*journey.Journey, int, error) {
	return find(s.journeys, "Journey", id)
}
func (s *shelf) Retention(_ context.Context, id string) (*retention.Definition, int, error) {
	return find(s.retentions, "Retention", id)
}

func newShelf(t *testing.T, texts ...string) *shelf {
	t.Helper()
	s := &shelf{metrics: map[string]*metric.Definition{}, journeys: map[string]*journey.Journey{}, retentions: map[string]*retention.Definition{}}
	for _, text := range texts {
		d, err := metric.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		s.metrics[d.ID] = d
	}
	j, err := journey.Parse([]byte(`{kind: Journey, id: buying, name: Buying, window: 7d, stages: [
		{id: visit, steps: [{id: seen, when: [{event: Visited}]}]}, {id: pay, name: Pay, steps: [{id: paid, name: Paid, when: [{event: Paid}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s.journeys["buying"] = j
	return s
}

// What is planted in the company: metrics of 60 weeks from Monday 1 September 2025
// on, of which the last that is over is that of 19 October 2026.
const weeks = 60

var monday = time.Date(2025, 9, 1, 9, 0, 0, 0, time.UTC)

const asOf = "2026-10-28T12:00:00Z" // Wednesday of the week after

var metrics = []string{
	"{kind: Metric, id: registered, name: Registered, cumulative: true, customers: {event: Registered}}",
	"{kind: Metric, id: brewers, name: {en: Brewers}, owner: [product], level: 1, unit: customer, customers: {event: Cup Brewed}, soWhat: {up: x}}",
	"{kind: Metric, id: activation, count: {event: First Brewed}}",
	"{kind: Metric, id: orders, unit: order, count: {event: Ordered}}",
	"{kind: Metric, id: revenue, sum: {event: Ordered, of: value, currency: TWD}}",
	"{kind: Metric, id: basket, unit: TWD/order, formula: revenue / orders}",
	"{kind: Metric, id: refunds, good: down, count: {event: Refunded}}",
	"{kind: Metric, id: visitors, customers: {event: Visited}}",
	"{kind: Metric, id: paid_rate, rate: {of: {event: Paid}, from: {event: Visited}}}",
	"{kind: Metric, id: paying, unit: customer, formula: visitors * paid_rate}",
	"{kind: Metric, id: ticket, unit: TWD/customer, average: {event: Paid, of: value, currency: TWD}}",
	"{kind: Metric, id: income, unit: TWD, formula: paying * ticket}",
	"{kind: Metric, id: passing, conversion: {journey: buying, to: pay}}",
	"{kind: Metric, id: lost, conversion: {journey: nowhere, to: pay}}",
}

// company is a maker of tea machines, with what moves what: each week
//
//	brewers = 30 + activation two weeks before (and up to 3 by chance)
//	orders  = 10 + brewers a week before (and up to 3), of 100 TWD, half of them by e-mail
//
// 100 visit, 60 by search of whom 18 pay 200 TWD, 40 by e-mail of whom 4 do; in the
// last week that is over 150 visit, 60 by search and 90 by e-mail, who pay as ever.
// Of those who register one of twenty has value of it, of those who brew all have.
func company(t *testing.T) *Measurer {
	t.Helper()
	return over(t, facts())
}

// companySince is it with what happened before an instant gone because of its age.
func companySince(t *testing.T, kept time.Time) *Measurer {
	t.Helper()
	messages := slices.Concat(happened(), []*event.Message{{Type: event.Expire, MessageID: "expire", Time: kept}})
	return over(t, stream.NewMemory(messages, uint64(len(messages))))
}

func over(t *testing.T, source *stream.Memory) *Measurer {
	t.Helper()
	return &Measurer{Metrics: &metric.Measurer{Source: source, Book: newShelf(t, metrics...), Journeys: &journey.Measurer{Source: source},
		Retention: &retention.Measurer{Source: source}}}
}

var facts = sync.OnceValue(func() *stream.Memory { return stream.NewMemory(happened(), uint64(len(happened()))) })

var happened = sync.OnceValue(func() []*event.Message {
	random := rand.New(rand.NewPCG(11, 5))
	var messages []*event.Message
	add := func(who, name, channel string, at time.Time, amount float64) {
		m := &event.Message{Type: event.Track, UserID: who, Name: name, Time: at, Seq: uint64(len(messages) + 1), MessageID: fmt.Sprint(len(messages)), Channel: channel}
		if amount > 0 {
			m.Value, m.Currency = &amount, "TWD"
		}
		messages = append(messages, m)
	}
	var activation, brewers [weeks + 1]int
	for w := range weeks + 1 { // the last is the one of as-of, two days of which have passed
		at := monday.AddDate(0, 0, 7*w)
		each := func(n int, do func(i int)) {
			for i := range n {
				do(i)
			}
		}
		activation[w] = 20 + random.IntN(20)
		brewers[w] = 30 + activation[max(0, w-2)] + random.IntN(4)
		each(20, func(i int) {
			who := fmt.Sprintf("r%d-%d", w, i)
			add(who, "Registered", "", at, 0)
			if i == 0 {
				add(who, "Value Had", "", at.AddDate(0, 0, 1), 0)
			}
		})
		each(activation[w], func(i int) { add(fmt.Sprintf("a%d-%d", w, i), "First Brewed", "", at, 0) })
		each(brewers[w], func(i int) {
			who := fmt.Sprintf("b%d-%d", w, i)
			add(who, "Cup Brewed", "", at, 0)
			add(who, "Value Had", "", at.Add(time.Hour), 0)
		})
		each(10+brewers[max(0, w-1)]+random.IntN(4), func(i int) { add(fmt.Sprintf("o%d-%d", w, i), "Ordered", []string{"email", "search"}[i%2], at, 100) })
		each(random.IntN(9), func(i int) { add(fmt.Sprintf("f%d-%d", w, i), "Refunded", "", at, 0) })
		byMail := 40
		if w == weeks-1 {
			byMail = 90
		}
		each(60+byMail, func(i int) {
			who, channel, pays := fmt.Sprintf("v%d-%d", w, i), "search", i%10 < 3
			if i >= 60 {
				channel, pays = "email", i%10 < 1
			}
			add(who, "Visited", channel, at, 0)
			if pays {
				add(who, "Paid", channel, at.Add(time.Minute), 200)
			}
		})
	}
	return messages
})

const tea = `
kind: Tree
id: company
name: {zh-Hant: 沁山茶機, en: Tea}
model: manufacturing
stars:
- {metric: registered, lifeCycle: start}
- metric: brewers
  since: 2026-03-01
  lifeCycle: growth
  reason: Machines that stand still buy no tea.
  checklist: {value: A cup is what they bought it for., leading: {en: Orders follow.}}
constellation: [activation, visitors, passing]
guardrails: [{metric: refunds, tier: 1, limit: 2}, {metric: paid_rate, tier: 3, limit: 0.2}]
counters: [basket]
value: {event: Value Had, within: 30d}
outcomes: [orders]
spend: [lost]
objectives:
- id: grow
  name: Grow
  owner: [ceo]
  targets: [{metric: visitors, from: 2026-10-12, to: 2026-11-08, basis: 100, value: 200}]
  strategies:
  - {id: doors, steps: [{journey: buying, stage: pay, step: paid}], measures: [{metric: paid_rate}, {metric: income, role: target}]}
- {id: keep}
targets:
- {metric: revenue, from: 2026-10-01, to: 2026-10-31, value: 20000, parts: [{objective: grow, share: 0.4}, {metric: revenue, value: 9000}]}
- {metric: income, from: 2027-01-01, to: 2027-12-31, value: 500000, parts: [{metric: paying, value: 2000}, {metric: ticket, value: 240}]}
influences:
- {from: activation, to: brewers, sign: "+", lag: 2, experiment: e7}
- {from: activation, to: orders, sign: "-"}
- {from: refunds, to: brewers, sign: "+"}
- {from: lost, to: brewers, sign: "+"}
waivers: [{metric: registered, verdict: sound, by: Ada, at: 2026-10-01, reason: the board asks}]
layout: {brewers: {x: 1, y: 2}}
`

func parse(t *testing.T, text string) *Definition {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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

func segmentOf(t *testing.T, key, value string) event.Filter {
	t.Helper()
	f, err := event.ParseFilter([]byte(fmt.Sprintf(`{%q: %q}`, key, value)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

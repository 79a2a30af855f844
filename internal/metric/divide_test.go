package metric

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/nodestest"
	"beichen/internal/warehouse"
)

// company is the facts of a random company in a store that several nodes have, and one who
// measures them alone.
type company struct {
	t     *testing.T
	r     *rand.Rand
	store *counter
	live  []*stream.Live
	book  *shelf
	now   time.Time
}

// counter is a store that notes whether it counted events together.
type counter struct {
	warehouse.Warehouse
	counted atomic.Int64 // batches of them
}

func (c *counter) Histories(ctx context.Context, q warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	return c.Warehouse.Histories(ctx, q, func(b *warehouse.Batch, through identity.Number) error {
		if b.Count != nil {
			c.counted.Add(1)
		}
		return yield(b, through)
	})
}

// newCompany has so many things happen, and as many nodes.
func newCompany(t *testing.T, r *rand.Rand, events, nodes int) *company {
	t.Helper()
	h, empty := newHistory(t, r), newHistory(t, r)
	c := &company{t: t, r: r, store: &counter{Warehouse: empty.Warehouse}, book: library(t), now: dawn.AddDate(0, 0, 50)}
	for range events {
		h.happen(dawn.Add(time.Duration(r.Int64N(int64(c.now.Sub(dawn))))).Truncate(time.Second))
	}
	c.live = streamtest.Shared(t, c.store, h.messages, nodes)
	return c
}

// measurer is one over a node's source.
func (c *company) measurer(node int, book Book) *Measurer {
	clock := func() time.Time { return c.now }
	source := c.live[node]
	return &Measurer{
		Source: source, Book: book, Now: clock, Kept: NewKept(),
		Journeys: &journey.Measurer{Source: source, Now: clock}, Retention: &retention.Measurer{Source: source, Now: clock},
	}
}

// counters are who counts for others on each node. What they know of definitions is
// nothing, and it is another day there.
func (c *company) counters() (metrics, tables []nodes.Counter) {
	for node := range c.live {
		m := c.measurer(node, &shelf{})
		other := func() time.Time { return c.now.AddDate(0, 0, -30) }
		m.Now, m.Journeys.Now, m.Retention.Now = other, other, other
		metrics, tables = append(metrics, m.Count), append(tables, m.Retention.Count)
	}
	return metrics, tables
}

// together is a measurer that asks the other nodes too.
func (c *company) together() (*Measurer, []*nodes.Circle) {
	metrics, tables := c.counters()
	circles := nodestest.Start(c.t, c.r, Divided, metrics)
	for node, circle := range circles {
		circle.Counters[retention.Divided] = tables[node]
	}
	m := c.measurer(0, c.book)
	m.Nodes, m.Retention.Nodes = circles[0], circles[0]
	return m, circles
}

// request is a random question about a metric.
func (c *company) request(d *Definition) Request {
	r := c.r
	q := Request{
		Metric: d, Timezone: pick(r, "UTC", "Asia/Taipei", "America/New_York"), From: pick(r, "", "2026-01-12", "2025-12-30"),
		AsOf: pick(r, "", c.now.AddDate(0, 0, -r.IntN(20)).Format(time.RFC3339)),
	}
	if d.Retention != nil {
		q.From = "2026-01-26" // many periods take many tables
	}
	if q.From != "" && r.IntN(6) == 0 {
		q.Grain = Whole
	}
	if r.IntN(3) == 0 {
		q.Segment = pick(r, event.Filter{{Key: event.Key{Root: event.Channel}, Op: event.Eq, Operands: []any{"ads"}}},
			event.Filter{{Key: event.Key{Root: event.Traits, Path: []string{"plan"}}, Op: event.Ne, Operands: []any{"pro"}}},
			event.Filter{{Key: event.Key{Root: event.Properties, Path: []string{"n"}}, Op: event.Gt, Operands: []any{0.0}}})
	}
	if r.IntN(2) == 0 && d.Retention == nil {
		q.Breakdown = pick(r, []string{"channel"}, []string{"properties.p"}, []string{"properties.n", "channel"}, []string{"account.city"})
	}
	return q
}

// kindsOfMetrics is one of each measure at least, and of each rule by which customers count.
var kindsOfMetrics = []string{
	"count: {event: A}", "cumulative: true, count: {when: [{event: A}, {event: C}]}",
	"customers: {event: A}", "customers: {event: A, atLeast: 2}", "cumulative: true, customers: {event: A, atLeast: 2}",
	"active: {event: A, window: 10d, atLeast: 2}", "grain: day, active: {window: 3d}",
	"sum: {event: A, of: value, currency: TWD}", "cumulative: true, sum: {of: properties.n}",
	"average: {event: A, of: value, currency: TWD}", "segment: {properties.p: {ne: y}}, average: {of: properties.n, per: customer}",
	"quantile: {of: value, currency: TWD, q: 0.9}", "quantile: {event: A, of: properties.n, per: customer}",
	"rate: {of: {event: B}, from: {event: A}}", "rate: {of: {event: B}, from: {event: A}, within: 9d}",
	"conversion: {journey: way, from: a, to: b}", "segment: {channel: email}, conversion: {journey: way, to: b}",
	"time: {journey: way, from: a, to: b, q: 0.9}",
	"retention: {table: again, interval: 1}", "grain: month, retention: {table: rolling, interval: 1}",
	"formula: n / m", "segment: {channel: email}, formula: m * 3",
}

// TestADividedMetricIsThatOfOneNode holds what several nodes count together to what one
// counts alone, to the last digit: metrics of all measures, with breakdowns, segments and
// instants, of customers with ids in several shares, some of whom were parted or forgotten.
func TestADividedMetricIsThatOfOneNode(t *testing.T) {
	rows, counted := 0, 0
	known, taken := map[string]int{}, map[string]int{} // by kind
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 80))
		c := newCompany(t, r, 200, 2+r.IntN(3))
		alone := c.measurer(0, c.book)
		for _, kind := range kindsOfMetrics {
			request := c.request(parse(t, "{kind: Metric, id: k, "+kind+"}"))
			want, err := alone.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			m, circles := c.together()
			before := c.store.counted.Load()
			got, err := m.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, fmt.Sprintf("seed %d, %d nodes: %s by %v of %s", seed, len(c.live), kind, request.Breakdown, jsonOf(request.Segment)), want, got)
			for _, p := range want.Periods {
				if p.Value != nil && p.N > 0 {
					known[kind]++
				}
			}
			rows += len(want.Breakdown)
			counted += int(c.store.counted.Load() - before)
			taken[kind] += nodestest.Taken(circles)
		}
	}
	undivided := 0
	for _, kind := range kindsOfMetrics {
		if known[kind] < 5 {
			t.Errorf("only %d numbers of %s were known", known[kind], kind)
		}
		if taken[kind] == 0 {
			undivided++
		}
	}
	if rows < 100 || counted == 0 || undivided > 2 {
		t.Errorf("too little was compared: %d rows, %d batches that the store had counted, %d kinds of which nobody else took a share", rows, counted, undivided)
	}
}

// TestADividedListIsThatOfOneNode holds pages of customers that several nodes list together
// to those that one lists alone: behind metrics of all measures, of rows and of all, in every
// order, with searches, and of those who did it or did not.
func TestADividedListIsThatOfOneNode(t *testing.T) {
	listed, cut, taken := map[string]int{}, 0, 0 // by kind
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 83))
		c := newCompany(t, r, 200, 2+r.IntN(3))
		alone := c.measurer(0, c.book)
		for _, kind := range kindsOfMetrics {
			d := parse(t, "{kind: Metric, id: k, "+kind+"}")
			if d.Formula != "" {
				continue
			}
			request := CustomersRequest{Request: c.request(d), Sort: pick(r, "", "newest", "oldest", "most", "most"), Only: pick(r, "", "", Did, DidNot)}
			request.Page = listing.Page{Search: pick(r, "", "", "U", "v"), Offset: r.IntN(4) / 3, Limit: pick(r, 0, 0, 2, 4)}
			if request.Search != "" {
				request.Named = []string{"u2", "v1"}
			}
			a, err := alone.Measure(t.Context(), request.Request)
			if err != nil {
				t.Fatal(err)
			}
			most := func(p Series) { // the period with most customers
				for i := range p.Periods {
					if p.Periods[i].Customers > p.Periods[request.Period].Customers {
						request.Period = i
					}
				}
			}
			if most(a.Series); len(a.Breakdown) > 0 && r.IntN(2) == 0 {
				row := a.Breakdown[r.IntN(len(a.Breakdown))]
				request.BreakdownValue = journey.BreakdownValue{Values: []any{row.Value}}
				if several, ok := row.Value.([]any); ok {
					request.BreakdownValue.Values = several
				}
				most(row.Series)
			}
			want, err := alone.Customers(t.Context(), request)
			if err != nil && !a.Periods[request.Period].Expired {
				t.Fatal(err)
			}
			m, circles := c.together()
			got, failed := m.Customers(t.Context(), request)
			if diff := cmp.Diff(want, got); diff != "" || fmt.Sprint(err) != fmt.Sprint(failed) {
				t.Fatalf("seed %d, %d nodes: %s of %s: %v, %v (−one +several)\n%s", seed, len(c.live), kind, jsonOf(request), err, failed, diff)
			}
			taken += nodestest.Taken(circles)
			if err != nil {
				continue
			}
			listed[kind] += len(want.Items)
			if want.Total > len(want.Items) {
				cut++
			}
		}
	}
	for _, kind := range kindsOfMetrics {
		if !strings.Contains(kind, "formula") && listed[kind] == 0 { // facts of all time have often expired
			t.Errorf("nobody behind %s was listed", kind)
		}
	}
	if cut < 20 || taken < 100 {
		t.Errorf("too little was compared: %d pages of several, %d shares of others", cut, taken)
	}
}

// The share that reaches something, by which a tree's metrics are judged, is divided like
// what people write.
func TestWhoReachesSomethingIsDivided(t *testing.T) {
	c := newCompany(t, rand.New(rand.NewPCG(1, 81)), 200, 3)
	of := parse(t, "{kind: Metric, id: k, segment: {channel: email}, count: {event: A, where: {properties.p: x, channel: {ne: ads}}}}")
	d, err := Reaching(t.Context(), c.book, of, journey.Pattern{Event: new("B")}, windowOf(t, "20d"))
	if err != nil {
		t.Fatal(err)
	}
	request := Request{Metric: d, From: "2026-01-12"}
	want, err := c.measurer(0, c.book).Measure(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	reached := 0
	for _, p := range want.Periods {
		reached += *p.Numerator
	}
	m, _ := c.together()
	got, err := m.Measure(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if alike(t, "reaching", want, got); reached < 5 {
		t.Errorf("only %d reached it", reached)
	}
}

// What nobody can have counted is refused, and the answer is right all the same.
func TestSharesThatCameToHarmChangeNothing(t *testing.T) {
	c := newCompany(t, rand.New(rand.NewPCG(2, 82)), 100, 2)
	metrics, _ := c.counters()
	for _, kind := range []string{"average: {of: value, currency: TWD}", "time: {journey: way, from: a, to: b}"} {
		request := Request{Metric: parse(t, "{kind: Metric, id: k, "+kind+"}"), From: "2026-01-12", Breakdown: []string{"channel"}}
		for what, ask := range map[string]func(*Measurer) (any, error){
			"numbers": func(m *Measurer) (any, error) { return m.Measure(t.Context(), request) },
			"list": func(m *Measurer) (any, error) {
				return m.Customers(t.Context(), CustomersRequest{Request: request, Period: 2})
			},
		} {
			nodestest.Harm(t, what+" of "+kind, Divided, metrics[0], metrics[1], func(circle *nodes.Circle) any {
				m := c.measurer(0, c.book)
				m.Nodes = circle
				told, err := ask(m)
				if err != nil {
					t.Fatal(err)
				}
				return told
			}, near)
		}
	}
}

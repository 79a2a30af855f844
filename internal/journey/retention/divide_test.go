package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/nodestest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// TestADividedTableIsThatOfOneNode holds what several nodes count together to what one
// counts alone: of random tables and customers some of whom have two ids.
func TestADividedTableIsThatOfOneNode(t *testing.T) {
	returned, taken := 0, 0
	const tables = 30
	for seed := range uint64(tables) {
		c := dividedCase(t, seed)
		circles := nodestest.Start(t, c.r, Divided, c.counters((*Measurer).Count))
		one, together := c.measured(t, nil), c.measured(t, circles[0])
		if diff := cmp.Diff(one, together); diff != "" {
			t.Fatalf("seed %d, %d nodes (−one +several): %s", seed, len(c.live), diff)
		}
		for _, row := range one.Rows {
			for _, n := range row.Counts[1:] {
				returned += n
			}
		}
		taken += nodestest.Taken(circles)
	}
	if returned < tables || taken < tables/4 {
		t.Errorf("too little was compared: %d returns, %d shares of others", returned, taken)
	}
}

// TestADividedCellIsThatOfOneNode holds pages of customers that several nodes list
// together to those that one lists alone: of every cell and order, with searches.
func TestADividedCellIsThatOfOneNode(t *testing.T) {
	returned, cut, taken := 0, 0, 0
	const tables = 30
	for seed := range uint64(tables) {
		c := dividedCase(t, seed)
		circles := nodestest.Start(t, c.r, DividedCustomers, c.counters((*Measurer).CountCustomers))
		cells := [][2]int{{0, 0}, {c.r.IntN(c.request.Retention.Intervals), 0}}
		for row, of := range c.measured(t, nil).Rows {
			for interval, n := range of.Counts {
				if n > 0 && interval > 0 && len(cells) < 12 {
					cells = append(cells, [2]int{row, interval})
				}
			}
		}
		for _, cell := range cells {
			r := CustomersRequest{Request: c.request, Row: cell[0], Interval: cell[1], Sort: pick(c.r, "", "newest", "oldest", "most")}
			r.Page = listing.Page{Search: pick(c.r, "", "", "U1"), Offset: c.r.IntN(4) / 3, Limit: 1 + c.r.IntN(3)}
			if r.Search != "" {
				r.Named = []string{"u2"}
			}
			one, together := c.customers(t, nil, r), c.customers(t, circles[0], r)
			if diff := cmp.Diff(one, together); diff != "" {
				t.Fatalf("seed %d, %d nodes, %+v (−one +several): %s", seed, len(c.live), r, diff)
			}
			if r.Interval > 0 {
				returned += len(one.Items)
			}
			if one.Total > len(one.Items) {
				cut++
			}
		}
		taken += nodestest.Taken(circles)
	}
	if returned < tables || cut < tables/2 || taken < tables/4 {
		t.Errorf("too little was compared: %d customers who came back, %d pages of several, %d shares of others", returned, cut, taken)
	}
}

// What nobody can have counted is refused, and the answer is right all the same.
func TestSharesThatCameToHarmChangeNothing(t *testing.T) {
	c := dividedCase(t, 1)
	c.live = append(c.live[:1:1], c.live[0])
	list := CustomersRequest{Request: c.request, Sort: "most"}
	for kind, of := range map[string]struct {
		count counter
		ask   func(*nodes.Circle) any
	}{
		Divided:          {(*Measurer).Count, func(circle *nodes.Circle) any { return c.measured(t, circle) }},
		DividedCustomers: {(*Measurer).CountCustomers, func(circle *nodes.Circle) any { return c.customers(t, circle, list) }},
	} {
		counters := c.counters(of.count)
		nodestest.Harm(t, kind, kind, counters[0], counters[1], of.ask)
	}
}

// divided is a random table over customers some of whom have two ids, and the sources of
// the nodes that have them.
type divided struct {
	r       *rand.Rand
	request Request
	live    []*stream.Live
}

func dividedCase(t *testing.T, seed uint64) *divided {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 78))
	zone := pick(r, slices.Sorted(maps.Keys(changes))...)
	around, err := time.Parse(time.RFC3339, pick(r, changes[zone]...))
	if err != nil {
		t.Fatal(err)
	}
	d := randomDefinition(t, r)
	messages := randomHistories(r, around, d)
	for i, m := range messages {
		m.UserID += pick(r, "", "", "-before")
		m.Seq = uint64(i + 1)
	}
	for who := range 3 {
		id := fmt.Sprint("u", who)
		messages = append(messages, &event.Message{
			Type: event.Alias, PreviousID: id + "-before", UserID: id, Time: around, ReceivedAt: around, Seq: uint64(len(messages) + 1), MessageID: id,
		})
	}
	live := streamtest.Shared(t, duckdbtest.Open(t), messages, 1+r.IntN(4))
	request := Request{
		Retention: d, Timezone: zone, AsOf: around.Add(time.Duration(r.IntN(12)-3) * lengthOf(d.Period) / 2).Format(time.RFC3339),
		From: pick(r, "", around.Add(-time.Duration(1+r.IntN(d.Intervals))*lengthOf(d.Period)*3/4).Format(time.RFC3339)),
	}
	return &divided{r, request, live}
}

// counter begins to count a question for another node.
type counter func(*Measurer, context.Context, json.RawMessage, warehouse.Moment) (nodes.Counting, error)

// counters are those of all nodes.
func (c *divided) counters(of counter) (all []nodes.Counter) {
	for _, source := range c.live {
		all = append(all, func(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
			return of(&Measurer{Source: source}, ctx, body, at)
		})
	}
	return all
}

func (c *divided) measured(t *testing.T, circle *nodes.Circle) *Answer {
	t.Helper()
	a, err := (&Measurer{Source: c.live[0], Nodes: circle}).Measure(t.Context(), c.request)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (c *divided) customers(t *testing.T, circle *nodes.Circle, r CustomersRequest) *CustomersPage {
	t.Helper()
	page, err := (&Measurer{Source: c.live[0], Nodes: circle}).Customers(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

package journey

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/nodes/nodestest"
)

// TestADividedFlowIsThatOfOneNode holds flows that several nodes count together to those
// that one counts alone.
func TestADividedFlowIsThatOfOneNode(t *testing.T) {
	links, next, taken := 0, 0, 0
	total := cases(uint64(60))
	for seed := range total {
		c := dividedCase(t, seed)
		circles := nodestest.Start(t, c.r, DividedFlow, c.counters((*Measurer).CountFlow))
		one, together := c.flow(t, nil), c.flow(t, circles[0])
		if diff := cmp.Diff(one, together); diff != "" {
			t.Fatalf("%s (−one +several): %s", c, diff)
		}
		links += len(one.Links)
		for _, n := range one.Nodes {
			if n.Kind == NextNode {
				next++
			}
		}
		taken += nodestest.Taken(circles)
	}
	if links < int(total) || next < int(total)/8 || taken < int(total)/4 {
		t.Errorf("too little was compared: %d links, %d events of leavers, %d shares of others", links, next, taken)
	}
}

func (c *divided) flow(t *testing.T, circle *nodes.Circle) *Flow {
	t.Helper()
	f, err := (&Measurer{Source: c.live[0], Nodes: circle}).Flow(t.Context(), c.request)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestADividedListIsThatOfOneNode holds pages of customers that several nodes list
// together to those that one lists alone: of every order, with searches.
func TestADividedListIsThatOfOneNode(t *testing.T) {
	items, cut, taken := map[string]int{}, 0, 0
	total := cases(uint64(60))
	for seed := range total {
		c := dividedCase(t, seed)
		circles := nodestest.Start(t, c.r, DividedCustomers, c.counters((*Measurer).CountCustomers))
		for _, sort := range []string{"", "newest", "oldest", "longest", "shortest", "value"} {
			r := c.list(sort)
			one, together := c.customers(t, nil, r), c.customers(t, circles[0], r)
			if diff := cmp.Diff(one, together); diff != "" {
				t.Fatalf("%s, %+v (−one +several): %s", c, r, diff)
			}
			items[sort] += len(one.Items)
			if one.Total > len(one.Items) {
				cut++
			}
		}
		taken += nodestest.Taken(circles)
	}
	least := int(total) / 4 // of each order, and of few cases none need be
	if testing.Short() {
		least = 0
	}
	if len(items) != 6 || slices.Min(slices.Collect(maps.Values(items))) < least || cut < int(total) || taken < int(total)/4 {
		t.Errorf("too little was compared: %v customers, %d pages of several, %d shares of others", items, cut, taken)
	}
}

// list is a random request for customers in an order.
func (c *divided) list(sort string) CustomersRequest {
	stage := c.request.Journey.Stages[c.r.IntN(len(c.request.Journey.Stages))*c.r.IntN(2)]
	list := CustomersRequest{
		Request: c.request, Stage: stage.ID, State: pick(c.r, "reached", "reached", "reached", "reached", "pending", "left", "excluded"), Sort: sort,
		Page: listing.Page{Search: pick(c.r, "", "", "", "1", "U"), Offset: c.r.IntN(3), Limit: 1 + c.r.IntN(4)},
	}
	if list.Search != "" {
		list.Named = pick(c.r, nil, []string{"u2", "u5"})
	}
	if c.r.IntN(6) == 0 {
		list.Step = pick(c.r, stage.Steps...).ID
	}
	if len(c.request.Breakdown) > 0 && c.r.IntN(2) == 0 {
		for range c.request.Breakdown {
			list.BreakdownValue.Values = append(list.BreakdownValue.Values, pick[any](c.r, nil, "shop", "mail", 1.))
		}
	}
	return list
}

func (c *divided) customers(t *testing.T, circle *nodes.Circle, r CustomersRequest) *CustomersPage {
	t.Helper()
	page, err := (&Measurer{Source: c.live[0], Nodes: circle}).Customers(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// What nobody can have counted is refused, and the answer is right all the same.
func TestSharesThatCameToHarmChangeNothing(t *testing.T) {
	c := dividedCase(t, 4)
	c.live = append(c.live[:1:1], c.live[0])
	list := CustomersRequest{Request: c.request, Stage: c.request.Journey.Stages[0].ID, State: "reached", Sort: "value"}
	for kind, of := range map[string]struct {
		count counter
		ask   func(*nodes.Circle) any
	}{
		Divided: {(*Measurer).Count, func(circle *nodes.Circle) any {
			return string(answered(t, &Measurer{Source: c.live[0], Nodes: circle}, c.request))
		}},
		DividedFlow:      {(*Measurer).CountFlow, func(circle *nodes.Circle) any { return c.flow(t, circle) }},
		DividedCustomers: {(*Measurer).CountCustomers, func(circle *nodes.Circle) any { return c.customers(t, circle, list) }},
	} {
		counters := c.counters(of.count)
		nodestest.Harm(t, kind, kind, counters[0], counters[1], of.ask)
	}
}

// FuzzWhatWasCountedOfWays reads anything as a share of a flow, and of a list. What it takes
// it can add up and show.
func FuzzWhatWasCountedOfWays(f *testing.F) {
	j, err := Parse([]byte("{kind: Journey, id: j, stages: [{id: a, steps: [{id: a, when: [{event: A}]}]}, {id: b, steps: [{id: b, when: [{event: B}]}]}]}"))
	if err != nil {
		f.Fatal(err)
	}
	r := CustomersRequest{Request: Request{Journey: j}, Stage: "a", State: "reached", Sort: "value"}
	q, _, err := r.question()
	if err != nil {
		f.Fatal(err)
	}
	flows, list := newFlow(q), &found{items: []BehindNumber{{ID: "u", Level: 2, Seconds: new(1.5), Value: []Money{{Currency: "TWD", Total: 3}}}}, cut: 2}
	flows.stages[0].customers, flows.links[flows.linkOf(0, 1)], flows.next[nextStep{1, "C"}] = 3, []int64{5}, []int64{0, 7}
	f.Add(carried(f, flows.carry))
	f.Add(carried(f, func(c *carrier.Carrier) { list.carry(c, q) }))
	f.Fuzz(func(t *testing.T, text []byte) {
		if flow := readFlow(q, text); flow != nil {
			if diff := cmp.Diff(flow.drawn(), readFlow(q, carried(t, flow.carry)).drawn()); diff != "" {
				t.Errorf("a flow: %s", diff)
			}
		}
		if list := readFound(q, text); list != nil {
			again := readFound(q, carried(t, func(c *carrier.Carrier) { list.carry(c, q) }))
			if diff := cmp.Diff(list.page(&r), again.page(&r)); diff != "" {
				t.Errorf("a list: %s", diff)
			}
		}
	})
}

// readFlow reads a share of a flow; nil where it is none.
func readFlow(q *question, text []byte) *flow {
	c, all := carrier.From(text), newFlow(q)
	add := all.read(c)
	if c.End() != nil {
		return nil
	}
	add()
	return all
}

// readFound reads a share of a list; nil where it is none.
func readFound(q *question, text []byte) *found {
	c, all := carrier.From(text), &found{}
	add := all.read(q)(c)
	if c.End() != nil {
		return nil
	}
	add()
	return all
}

// carried is what a carrier writes.
func carried(t testing.TB, write func(*carrier.Carrier)) []byte {
	t.Helper()
	var c carrier.Carrier
	write(&c)
	text, err := c.Written()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

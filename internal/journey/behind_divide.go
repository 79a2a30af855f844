package journey

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// DividedCustomers is the kind of question that other nodes count for Customers;
// CountCustomers is who does.
const DividedCustomers = "customers"

// settledBy is the request, to be settled as question.settled does.
func (r *CustomersRequest) settledBy(q *question) func(asOf time.Time) (json.RawMessage, error) {
	return func(asOf time.Time) (json.RawMessage, error) {
		of := *r
		var definition json.RawMessage
		var err error
		if of.Request, definition, err = q.settle(asOf); err != nil {
			return nil, err
		}
		return json.Marshal(struct {
			CustomersRequest
			Journey json.RawMessage `json:"journey"`
			Named   []string        `json:"named"`
		}{of, definition, r.Named})
	}
}

// CountCustomers begins to list customers where that was divided: it is a nodes.Counter.
func (m *Measurer) CountCustomers(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var r struct {
		CustomersRequest
		Named []string `json:"named"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	r.Page.Named = r.Named
	q, where, err := r.question()
	if err != nil {
		return nil, err
	}
	return m.pin(ctx, q, at, func(asOf time.Time) stream.Counted {
		return &foundShare{question: q, request: &r.CustomersRequest, of: where, asOf: asOf}
	})
}

// foundShare is a share of the customers behind a number. It is a stream.Counted.
type foundShare struct {
	found
	*question
	request *CustomersRequest
	of      number
	asOf    time.Time
}

// Add is stream.Counted's.
func (s *foundShare) Add(ctx context.Context, part *stream.Streams) error {
	return s.list(ctx, s.question.of(part, s.asOf), s.of, s.request)
}

// Write is stream.Counted's.
func (s *foundShare) Write(c *carrier.Carrier, _ *stream.Streams) {
	s.cutOff(s.request)
	s.carry(c, s.question)
}

// cutOff leaves those alone who can be on the page that is asked for, whoever is found
// in other shares.
func (f *found) cutOff(r *CustomersRequest) {
	var places, left []int
	for i := range f.items {
		places = append(places, i)
	}
	total := 0
	// The currency that orders by value is that of all shares, and may be none of these.
	currencies := []*string{nil}
	if r.Sort == "value" {
		for i := range f.money {
			currencies = append(currencies, &f.money[i].currency)
		}
	}
	for _, currency := range currencies {
		order := orderOf(r.Sort, currency)
		var head []int
		total, head = listing.Head(slices.Clone(places), r.Page,
			func(i int) string { return f.items[i].ID }, func(a, b int) int { return order(f.items[a], f.items[b]) })
		left = append(left, head...)
	}
	slices.Sort(left)
	left = slices.Compact(left)
	items := make([]BehindNumber, len(left))
	for n, i := range left {
		items[n] = f.items[i]
	}
	f.items, f.cut = items, total-len(items)
}

// read is that of stream.Together.
func (f *found) read(q *question) func(*carrier.Carrier) (add func()) {
	return func(c *carrier.Carrier) func() {
		var share found
		share.carry(c, q)
		return func() {
			f.items = append(f.items, share.items...)
			f.cut += share.cut
			f.money.join(share.money)
		}
	}
}

func (f *found) carry(c *carrier.Carrier, q *question) {
	c.Count(&f.cut)
	carrier.List(c, &f.items, func(i *BehindNumber) { i.carry(c, len(q.plan.stages)) })
	f.money.carry(c)
}

func (i *BehindNumber) carry(c *carrier.Carrier, stages int) {
	c.Text(&i.ID)
	if c.Count(&i.Level); i.Level > stages {
		c.Fail("somebody came further than there are stages")
	}
	c.Time(&i.EntryAt)
	c.Time(&i.At)
	carrier.Known(c, &i.Seconds, c.Number)
	if c.Reading() {
		i.Value = []Money{}
	}
	carrier.List(c, &i.Value, func(m *Money) {
		c.Text(&m.Currency)
		c.Number(&m.Total)
		m.PerCustomer = new(m.Total)
	})
}

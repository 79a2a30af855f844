package retention

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// DividedCustomers is the kind of question that other nodes count for Customers;
// CountCustomers is who does.
const DividedCustomers = "retention customers"

// settledCell is a request for customers that hangs on nothing but itself.
type settledCell struct {
	Table    settled      `json:"table"`
	Row      int          `json:"row"`
	Interval int          `json:"interval"`
	Sort     string       `json:"sort"`
	Page     listing.Page `json:"page"`
	Named    []string     `json:"named"`
}

func (r *CustomersRequest) settledBy(s settled) any {
	return settledCell{s, r.Row, r.Interval, r.Sort, r.Page, r.Named}
}

// CountCustomers begins to list customers where that was divided: it is a nodes.Counter.
func (m *Measurer) CountCustomers(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var s settledCell
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	d, ask, asOf, err := s.Table.understand(m, false)
	if err != nil {
		return nil, err
	}
	r := &CustomersRequest{Row: s.Row, Interval: s.Interval, Sort: s.Sort, Page: s.Page}
	r.Named = s.Named
	if err := r.check(d.question); err != nil {
		return nil, err
	}
	return stream.Pin(ctx, m.Source, ask, at, func() stream.Counted { return &foundShare{measured: d, request: r, asOf: asOf} })
}

// foundShare is a share of the customers behind a count. It is a stream.Counted.
type foundShare struct {
	found
	*measured
	request *CustomersRequest
	asOf    time.Time
}

// Add is stream.Counted's.
func (s *foundShare) Add(ctx context.Context, part *stream.Streams) error {
	return s.list(ctx, s.about(part, s.asOf), s.request)
}

// Write is stream.Counted's. It leaves out who is on no page before the end of the one
// that is asked for, whoever is found in other shares.
func (s *foundShare) Write(c *carrier.Carrier, _ *stream.Streams) {
	total, head := listing.Head(s.items, s.request.Page, idOf, order(s.request.Sort))
	s.items, s.cut = head, total-len(head)
	s.carry(c)
}

// read is that of stream.Together.
func (f *found) read(c *carrier.Carrier) (add func()) {
	var share found
	share.carry(c)
	return func() {
		f.items = append(f.items, share.items...)
		f.cut += share.cut
	}
}

func (f *found) carry(c *carrier.Carrier) {
	c.Count(&f.cut)
	carrier.List(c, &f.items, func(i *BehindCell) {
		c.Text(&i.ID)
		c.Time(&i.StartedAt)
		carrier.Known(c, &i.Returns, c.Count)
		carrier.Known(c, &i.ReturnedAt, c.Time)
	})
}

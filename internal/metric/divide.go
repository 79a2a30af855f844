package metric

import (
	"context"
	"encoding/json"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// Divided is the kind of question that other nodes count for Measure and Customers; Count
// is who does.
const Divided = "metric"

// settledQuestion is a question that hangs on nothing but itself, as another node is asked
// it: periods are told by their bounds, and a journey or a table by its definition, so
// that neither a calendar of periods nor a book is looked into.
type settledQuestion struct {
	Metric    json.RawMessage `json:"metric"` // as it was written
	Breakdown []string        `json:"breakdown,omitempty"`
	Segment   event.Filter    `json:"segment,omitempty"`
	Bounds    []int64         `json:"bounds"` // microseconds since 1970 UTC
	AsOf      int64           `json:"asOf"`   // likewise

	Chains json.RawMessage `json:"chains,omitempty"` // that are read, settled
	Stages [2]int          `json:"stages,omitzero"`  // places in their journey

	Cohorts json.RawMessage `json:"cohorts,omitempty"` // that are listed, settled
	Rows    []int           `json:"rows,omitempty"`    // of their table

	List  *CustomersRequest `json:"list,omitempty"`  // without its Request; nil: numbers are asked for
	Named []string          `json:"named,omitempty"` // List.Named
}

// together has a question counted by all nodes that share the facts, where the store has
// to be asked and there are any; list is nil where numbers are wanted, and read is that of
// stream.Together. What it returns has no customers; nil where this node is to count alone.
func (m *Measurer) together(ctx context.Context, d *measured, list *CustomersRequest, o origin, read func(*carrier.Carrier) (add func())) (*stream.Streams, error) {
	t := stream.Together{Kind: Divided, Question: o.ask(), Read: read, Settled: func() (json.RawMessage, error) {
		s := settledQuestion{Metric: d.Metric.document, Breakdown: d.Breakdown[:len(d.keys)], Segment: d.Segment, Bounds: d.bounds, AsOf: d.asOf}
		if list != nil {
			of := *list
			of.Request = Request{}
			s.List, s.Named = &of, list.Named
		}
		if err := o.settle(&s); err != nil {
			return nil, err
		}
		return json.Marshal(s)
	}}
	return t.Ask(ctx, m.Nodes, m.Source)
}

// divided has a table counted by all nodes, as together does.
func (m *Measurer) divided(ctx context.Context, d *measured, o countable) (*table, error) {
	all := newShares(d)
	s, err := m.together(ctx, d, nil, o, all.read)
	if s == nil || err != nil {
		return nil, err
	}
	s.Values = all.values
	all.measured = d.about(s)
	return all.table, nil
}

// understand is the question that was settled, and what it is read from.
func (s *settledQuestion) understand(m *Measurer) (*measured, origin, error) {
	r := Request{Metric: new(Definition), Breakdown: s.Breakdown, Segment: s.Segment}
	if err := json.Unmarshal(s.Metric, r.Metric); err != nil {
		return nil, nil, err
	}
	q, err := r.understand()
	if err != nil {
		return nil, nil, err
	}
	d := &measured{question: q, bounds: s.Bounds, asOf: s.AsOf}
	if len(d.bounds) < 2 {
		return nil, nil, fault.New(fault.Invalid, "metric.no-period", "periods", 0)
	}
	switch {
	case s.List != nil && (s.List.Period < 0 || s.List.Period >= d.periods()):
		return nil, nil, fault.New(fault.Invalid, "metric.no-period", "periods", d.periods())
	case d.planned():
		return d, fromEvents{d, s.List != nil}, nil
	case s.List != nil && d.Metric.Retention != nil:
		starts, err := m.Retention.SettledStarts(s.Cohorts)
		return d, fromCohorts{starts, s.Rows}, err
	}
	var of journey.Request
	if err := json.Unmarshal(s.Chains, &of); err != nil {
		return nil, nil, err
	}
	chains, err := m.Journeys.Chains(of)
	if err != nil {
		return nil, nil, err
	}
	for _, stage := range s.Stages {
		if stage < 0 || stage >= len(of.Journey.Stages) {
			return nil, nil, fault.New(fault.Invalid, "journey.unknown-stage", "id", stage)
		}
	}
	return d, fromChains{chains, s.Stages}, nil
}

// Count begins to count a question that was divided: it is a nodes.Counter.
func (m *Measurer) Count(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var s settledQuestion
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	d, o, err := s.understand(m)
	if err != nil {
		return nil, err
	}
	begin := func() stream.Counted { return &share{newTable(d, newRows(len(d.keys))), o.(countable)} }
	if s.List != nil {
		s.List.Named = s.Named
		begin = func() stream.Counted { return &listShare{behind{measured: d, asked: s.List}, o} }
	}
	return stream.Pin(ctx, m.Source, o.ask(), at, begin)
}

package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// Divided is the kind of question that other nodes count for Measure; Count is who does.
const Divided = "retention"

// settled is a request that hangs on nothing but itself, as another node is asked it: its
// instants and its intervals are told in full, since that may know time zones otherwise.
type settled struct {
	Request
	Retention json.RawMessage `json:"retention"`
	Bounds    []int64         `json:"bounds"` // microseconds since 1970 UTC
}

func (d *measured) settled(asOf time.Time) (s settled, err error) {
	text := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	s.Request, s.Bounds = d.Request, d.bounds
	s.From, s.To, s.AsOf = text(d.from), text(d.to), text(asOf)
	s.Retention, err = d.Retention.asWritten()
	return s, err
}

// understand is the question, with its intervals, and what a source is asked for them.
func (s *settled) understand(m *Measurer, nameless bool) (d *measured, ask stream.Question, asOf time.Time, err error) {
	if s.Request.Retention = new(Definition); json.Unmarshal(s.Retention, s.Request.Retention) != nil {
		return nil, ask, asOf, fault.New(fault.Invalid, "retention.no-retention")
	}
	q, err := s.Request.understand()
	if err != nil {
		return nil, ask, asOf, err
	}
	q.nameless, asOf = nameless, m.asOf(q)
	if d, ask = q.laidOut(asOf); !slices.Equal(d.bounds, s.Bounds) {
		err = fmt.Errorf("the intervals in %s are others on this node", q.location)
	}
	return d, ask, asOf, err
}

// together has a question of a kind counted by all nodes that share the facts, where the
// store has to be asked and there are any. body is what the counter of the kind is told;
// read is that of stream.Together. What it returns has no customers; nil where this node
// is to count alone.
func (m *Measurer) together(
	ctx context.Context, q *question, kind string, body func(settled) any, read func(*carrier.Carrier) (add func()),
) (*measured, error) {
	asOf := m.asOf(q)
	if asOf.IsZero() {
		return nil, nil
	}
	d, ask := q.laidOut(asOf)
	t := stream.Together{Kind: kind, Question: ask, Read: read, Settled: func() (json.RawMessage, error) {
		s, err := d.settled(asOf)
		if err != nil {
			return nil, err
		}
		return json.Marshal(body(s))
	}}
	s, err := t.Ask(ctx, m.Nodes, m.Source)
	if s == nil || err != nil {
		return nil, err
	}
	d.streams, d.asOf = s, asOf.UnixMicro()
	return d, nil
}

// divided has a table counted by all nodes, as together does.
func (m *Measurer) divided(ctx context.Context, q *question) (*measured, *counts, error) {
	all := q.newCounts()
	d, err := m.together(ctx, q, Divided, func(s settled) any { return s }, func(c *carrier.Carrier) func() {
		share := q.newCounts()
		share.carry(c)
		return func() { all.join(share) }
	})
	return d, all, err
}

func (c *counts) carry(to *carrier.Carrier) {
	for i := range c.cells {
		to.Count(&c.cells[i])
	}
}

// Count begins to count a question that was divided: it is a nodes.Counter.
func (m *Measurer) Count(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var s settled
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	d, ask, asOf, err := s.understand(m, true)
	if err != nil {
		return nil, err
	}
	return stream.Pin(ctx, m.Source, ask, at, func() stream.Counted { return &shareOf{measured: d, asOf: asOf} })
}

// shareOf is a share of a table's customers that is counted. It is a stream.Counted.
type shareOf struct {
	*measured
	asOf time.Time
	all  counts
}

// Add is stream.Counted's.
func (s *shareOf) Add(ctx context.Context, part *stream.Streams) error {
	return s.all.count(ctx, s.about(part, s.asOf))
}

// Write is stream.Counted's.
func (s *shareOf) Write(c *carrier.Carrier, _ *stream.Streams) { s.all.carry(c) }

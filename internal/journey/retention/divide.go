package retention

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
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

func (d *measured) settled(asOf time.Time) (json.RawMessage, error) {
	definition, err := d.Retention.asWritten()
	if err != nil {
		return nil, err
	}
	text := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	r := d.Request
	r.From, r.To, r.AsOf = text(d.from), text(d.to), text(asOf)
	return json.Marshal(settled{r, definition, d.bounds})
}

// shareCounts are what one node counted of a share, as they travel.
type shareCounts struct {
	Events       int   `json:"events"`
	Customers    int   `json:"customers"`
	Unattributed int   `json:"unattributed"`
	Kept         int64 `json:"kept"` // as stream.Streams.Kept
	Cells        []int `json:"cells"`
}

// divided has a question counted by all nodes that share the facts, where the store has to
// be asked and there are any; nil where this node is to count alone.
func (m *Measurer) divided(ctx context.Context, q *question) (*measured, *counts, error) {
	source, can := m.Source.(stream.Divisible)
	asOf := m.asOf(q)
	if !can || m.Nodes.Others() == 0 || asOf.IsZero() {
		return nil, nil, nil
	}
	d, ask := q.laidOut(asOf)
	if divides, err := source.Divides(ctx, ask); !divides || err != nil {
		return nil, nil, err
	}
	body, err := d.settled(asOf)
	if err != nil {
		return nil, nil, err
	}
	d.streams, d.asOf = &stream.Streams{}, asOf.UnixMicro()
	all := newCounts(d)
	at, err := m.Nodes.Count(ctx, nodes.Question{Kind: Divided, Body: body}, func(text []byte) error {
		s := shareCounts{}
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		if len(s.Cells) != len(all.cells) || min(slices.Min(s.Cells), s.Events, s.Customers, s.Unattributed) < 0 {
			return errors.New("this is not what was counted of a share")
		}
		all.join(&counts{cells: s.Cells})
		d.streams.Events += s.Events
		d.streams.Customers += s.Customers
		d.streams.Unattributed += s.Unattributed
		d.streams.Kept = max(d.streams.Kept, s.Kept)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	d.streams.Through = at.Seq
	return d, all, nil
}

// Count begins to count a question that was divided: it is a nodes.Counter.
func (m *Measurer) Count(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var s settled
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	if s.Request.Retention = new(Definition); json.Unmarshal(s.Retention, s.Request.Retention) != nil {
		return nil, fault.New(fault.Invalid, "retention.no-retention")
	}
	q, err := s.Request.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = true
	asOf := m.asOf(q)
	d, ask := q.laidOut(asOf)
	if !slices.Equal(d.bounds, s.Bounds) {
		return nil, fmt.Errorf("the intervals in %s are others on this node", q.location)
	}
	division, err := stream.Divide(ctx, m.Source, ask, at)
	if err != nil {
		return nil, err
	}
	return &pinned{d, division, asOf}, nil
}

// pinned is a question that was divided, on a node that counts of it.
type pinned struct {
	*measured
	*stream.Division
	asOf time.Time
}

func (p *pinned) Count(ctx context.Context, share warehouse.Range) ([]byte, error) {
	var all counts
	s, err := p.Parts(ctx, share, func(part *stream.Streams) error { return all.count(ctx, p.about(part, p.asOf)) })
	if err != nil {
		return nil, err
	}
	return json.Marshal(shareCounts{s.Events, s.Customers, s.Unattributed, s.Kept, all.cells})
}

package journey

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
	"beichen/internal/warehouse"
)

// Divided is the kind of question that other nodes count for Measure; Count is who does.
const Divided = "journey"

// divided has a question counted by all nodes that share the facts, where the store has to
// be asked and there are any. What it returns has the counts of all customers; nil where
// this node is to count alone.
func (m *Measurer) divided(ctx context.Context, q *question) (*measured, *counts, error) {
	source, can := m.Source.(stream.Divisible)
	asOf, ask := m.ask(q)
	if !can || m.Nodes.Others() == 0 || asOf.IsZero() {
		return nil, nil, nil
	}
	if divides, err := source.Divides(ctx, ask); !divides || err != nil {
		return nil, nil, err
	}
	body, err := q.settled(asOf)
	if err != nil {
		return nil, nil, err
	}
	s := &stream.Streams{Values: make([][]any, len(q.keys))}
	all := newTogether(q.of(s, asOf))
	at, err := m.Nodes.Count(ctx, nodes.Question{Kind: Divided, Body: body}, all.take)
	if err != nil {
		return nil, nil, err
	}
	s.Through = at.Seq
	return all.measured, all.counts, nil
}

// settled is the request as JSON that hangs on nothing but itself: its instants are told
// in full, and its definition as it was written.
func (q *question) settled(asOf time.Time) (json.RawMessage, error) {
	definition, err := q.Journey.asWritten()
	if err != nil {
		return nil, err
	}
	r := q.Request
	text := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	r.From, r.To, r.AsOf, r.Timezone = text(q.from), text(q.to), text(asOf), ""
	return json.Marshal(struct {
		Request
		Journey json.RawMessage `json:"journey"`
	}{r, definition})
}

// together is what was counted of all shares so far.
type together struct {
	*counts
	codes []map[any]uint32 // by key: of the values of its streams
}

// newTogether begins with nobody.
func newTogether(d *measured) *together {
	t := &together{counts: d.newCounts(false)}
	for k := range d.keys {
		t.codes = append(t.codes, map[any]uint32{})
		d.streams.Values[k] = []any{nil}
	}
	return t
}

// take adds what was counted of a share, all of it or, after an error, nothing.
func (t *together) take(text []byte) error {
	s, err := t.readShare(text)
	if err != nil {
		return err
	}
	t.streams.Events += s.events
	t.streams.Customers += s.customers
	t.streams.Unattributed += s.unattributed
	t.streams.Kept = max(t.streams.Kept, s.kept)
	of := &t.levels[0]
	of.total.join(s.total)
	for _, r := range s.rows {
		row := make([]uint32, len(r.values))
		for k, value := range r.values {
			row[k] = t.code(k, value)
		}
		of.rows.of(row).join(r.tally)
	}
	t.counts.between.join(&s.between)
	t.places = append(t.places, s.places...)
	return nil
}

// code is the code of a value of the breakdown's k-th key.
func (t *together) code(k int, value any) uint32 {
	if value == nil {
		return 0
	}
	code, known := t.codes[k][value]
	if !known {
		code = uint32(len(t.streams.Values[k]))
		t.codes[k][value] = code
		t.streams.Values[k] = append(t.streams.Values[k], value)
	}
	return code
}

// Count begins to count a question that was divided: it is a nodes.Counter.
func (m *Measurer) Count(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var r Request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	q, err := r.forAnswer()
	if err != nil {
		return nil, err
	}
	asOf, ask := m.ask(q)
	d, err := stream.Divide(ctx, m.Source, ask, at)
	if err != nil {
		return nil, err
	}
	return &pinned{q, d, asOf}, nil
}

// pinned is a question that was divided, on a node that counts of it.
type pinned struct {
	*question
	*stream.Division
	asOf time.Time
}

func (c *pinned) Count(ctx context.Context, share warehouse.Range) ([]byte, error) {
	var all *counts
	s, err := c.Parts(ctx, share, func(part *stream.Streams) error {
		of, err := c.of(part, c.asOf).countFrom(ctx, nil, 0)
		if all == nil {
			all = of
		} else if err == nil {
			all.join(of)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.of(s, c.asOf).written(all)
}

package journey

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// Divided is the kind of question that other nodes count for Measure; Count is who does.
const Divided = "journey"

// divided has a question counted by all nodes, as together does.
func (m *Measurer) divided(ctx context.Context, q *question) (*measured, *counts, error) {
	all := newTogether(q)
	d, err := m.together(ctx, q, Divided, q.settled, all.read)
	if d == nil || err != nil {
		return nil, nil, err
	}
	d.streams.Values = all.values
	return d, all.counts, nil
}

// together has a question of a kind counted by all nodes that share the facts, where the
// store has to be asked and there are any; settled and read are those of stream.Together.
// What it returns has the counts of all customers; nil where this node is to count alone.
func (m *Measurer) together(
	ctx context.Context, q *question, kind string, settled func(asOf time.Time) (json.RawMessage, error), read func(*carrier.Carrier) (add func()),
) (*measured, error) {
	asOf, ask := m.ask(q)
	if asOf.IsZero() {
		return nil, nil
	}
	t := stream.Together{Kind: kind, Question: ask, Read: read, Settled: func() (json.RawMessage, error) { return settled(asOf) }}
	s, err := t.Ask(ctx, m.Nodes, m.Source)
	if s == nil || err != nil {
		return nil, err
	}
	return q.of(s, asOf), nil
}

// pin begins to count a question that was divided; begin begins a share.
func (m *Measurer) pin(ctx context.Context, q *question, at warehouse.Moment, begin func(asOf time.Time) stream.Counted) (nodes.Counting, error) {
	asOf, ask := m.ask(q)
	return stream.Pin(ctx, m.Source, ask, at, func() stream.Counted { return begin(asOf) })
}

// settled is the request as JSON that hangs on nothing but itself: its instants are told
// in full, and its definition as it was written.
func (q *question) settled(asOf time.Time) (json.RawMessage, error) {
	r, definition, err := q.settle(asOf)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Request
		Journey json.RawMessage `json:"journey"`
	}{r, definition})
}

func (q *question) settle(asOf time.Time) (r Request, definition json.RawMessage, err error) {
	text := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	r = q.Request
	r.From, r.To, r.AsOf, r.Timezone = text(q.from), text(q.to), text(asOf), ""
	definition, err = q.Journey.asWritten()
	return r, definition, err
}

// together is what was counted of all shares so far.
type together struct {
	*counts
	values [][]any          // as stream.Streams has them
	codes  []map[any]uint32 // by key: of the values
}

// newTogether begins with nobody.
func newTogether(q *question) *together {
	t := &together{counts: (&measured{question: q}).newCounts(false)}
	for range q.keys {
		t.codes = append(t.codes, map[any]uint32{})
		t.values = append(t.values, []any{nil})
	}
	return t
}

// read is that of stream.Together.
func (t *together) read(c *carrier.Carrier) (add func()) {
	var s shareCounts
	s.carry(c, t.question)
	return func() { t.add(&s) }
}

func (t *together) add(s *shareCounts) {
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
}

// code is the code of a value of the breakdown's k-th key.
func (t *together) code(k int, value any) uint32 {
	if value == nil {
		return 0
	}
	code, known := t.codes[k][value]
	if !known {
		code = uint32(len(t.values[k]))
		t.codes[k][value] = code
		t.values[k] = append(t.values[k], value)
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
	return m.pin(ctx, q, at, func(asOf time.Time) stream.Counted { return &shareOf{question: q, asOf: asOf} })
}

// shareOf is a share of a question's customers that is counted. It is a stream.Counted.
type shareOf struct {
	*question
	asOf time.Time
	all  *counts
}

// Add is stream.Counted's.
func (s *shareOf) Add(ctx context.Context, part *stream.Streams) error {
	of, err := s.of(part, s.asOf).countFrom(ctx, nil, 0)
	if s.all == nil {
		s.all = of
	} else if err == nil {
		s.all.join(of)
	}
	return err
}

// Write is stream.Counted's.
func (s *shareOf) Write(c *carrier.Carrier, whole *stream.Streams) {
	s.of(whole, s.asOf).shareCounts(s.all).carry(c, s.question)
}

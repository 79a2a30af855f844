package stream

import (
	"context"
	"encoding/json"

	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// Together is a question about all persons that the nodes which share the facts count
// together, where the store has to be asked: each counts shares of the persons, and what
// it counted travels as written to the node that was asked.
type Together struct {
	Kind     string // by which nodes know who counts it: a key of nodes.Circle.Counters
	Question Question
	// Settled is the request as JSON that hangs on nothing but itself, for that counter.
	Settled func() (json.RawMessage, error)
	// Read reads what Counted.Write wrote, which may be anything; add, which is called if
	// that was whole, adds it to what was counted of other shares.
	Read func(c *carrier.Carrier) (add func())
}

// Ask has the question counted by the nodes of a circle. What it returns has counted all
// persons and has no customers; nil where this node is to count alone. Errors are those of
// the source, and of this node's own counting.
func (t *Together) Ask(ctx context.Context, circle *nodes.Circle, source Source) (*Streams, error) {
	divisible, can := source.(Divisible)
	if !can || circle.Others() == 0 {
		return nil, nil
	}
	if divides, err := divisible.Divides(ctx, t.Question); !divides || err != nil {
		return nil, err
	}
	body, err := t.Settled()
	if err != nil {
		return nil, err
	}
	all := &Streams{}
	at, err := circle.Count(ctx, nodes.Question{Kind: t.Kind, Body: body}, func(text []byte) error {
		c, share := carrier.From(text), Streams{}
		share.carry(c)
		add := t.Read(c)
		if err := c.End(); err != nil {
			return err
		}
		add()
		all.Events += share.Events
		all.Customers += share.Customers
		all.Unattributed += share.Unattributed
		all.Kept = max(all.Kept, share.Kept)
		return nil
	})
	if err != nil {
		return nil, err
	}
	all.Through = at.Seq
	return all, nil
}

// carry carries what was looked at of a share.
func (s *Streams) carry(c *carrier.Carrier) {
	c.Counts(&s.Events, &s.Customers, &s.Unattributed)
	c.Instant(&s.Kept)
}

// Counted is what is counted of a share, on the node that does.
type Counted interface {
	// Add counts the customers of a part.
	Add(ctx context.Context, part *Streams) error
	// Write writes down what was counted of all parts, of which s has the codes.
	Write(c *carrier.Carrier, s *Streams)
}

// Pin begins to count a question that was divided, at a moment as Divisible.Divide says;
// begin begins a share. Errors are those of Divide.
func Pin(ctx context.Context, source Source, q Question, at warehouse.Moment, begin func() Counted) (nodes.Counting, error) {
	d, err := Divide(ctx, source, q, at)
	if err != nil {
		return nil, err
	}
	return &pinned{d, begin}, nil
}

type pinned struct {
	*Division
	begin func() Counted
}

// Count is nodes.Counting's.
func (p *pinned) Count(ctx context.Context, share warehouse.Range) ([]byte, error) {
	counted := p.begin()
	s, err := p.Parts(ctx, share, func(part *Streams) error { return counted.Add(ctx, part) })
	if err != nil {
		return nil, err
	}
	var c carrier.Carrier
	s.carry(&c)
	counted.Write(&c, s)
	return c.Written()
}

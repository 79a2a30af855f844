package journey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beichen/internal/fault"
)

// TraceRequest asks which of a customer's events were counted.
type TraceRequest struct {
	Request
	Customer string `json:"customer"` // the id that answers show
}

// Trace is what was counted of one customer, by time.
type Trace struct {
	Level    int           `json:"level"` // 0: no chain
	Excluded bool          `json:"excluded"`
	Events   []TracedEvent `json:"events"`
}

// TracedEvent is an event that counts for a step. Filled says that it passed the
// step's stage or helped to; the others are repeats and other steps.
type TracedEvent struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
	Stage  string    `json:"stage"`
	Step   *string   `json:"step"`
	Filled bool      `json:"filled"`
}

// Trace tells which of a customer's events filled or touched which step, by the
// machine that counts them. NotFound where no event of theirs was asked about.
func (m *Measurer) Trace(ctx context.Context, r TraceRequest) (*Trace, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	d, err := m.streams(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range d.streams.Len() {
		if d.streams.CustomerID(i) == r.Customer {
			return d.trace(i), nil
		}
	}
	return nil, fault.New(fault.NotFound, "journey.unknown-customer", "id", r.Customer)
}

func (d *measured) trace(customer int) *Trace {
	t := &Trace{Events: []TracedEvent{}}
	var out output
	newWorker(d).customer(customer, &out)
	if len(out.results) == 0 {
		return t
	}
	r := &out.results[0]
	t.Level, t.Excluded = r.Level, r.Excluded
	if r.Excluded {
		t.Level = 0
	}
	for _, touch := range r.Touches {
		t.Events = append(t.Events, d.traced(touch, slices.Contains(r.Fills, touch)))
	}
	for _, fill := range r.Fills {
		if !slices.Contains(r.Touches, fill) {
			t.Events = append(t.Events, d.traced(fill, true))
		}
	}
	slices.SortStableFunc(t.Events, func(a, b TracedEvent) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq))
	})
	return t
}

func (d *measured) traced(t Touch, filled bool) TracedEvent {
	stage := d.plan.stages[d.plan.steps[t.Step].stage].definition
	return TracedEvent{
		Seq: d.streams.Seq[t.Event], At: instantOf(d.streams.Time[t.Event]), Event: d.streams.Names[d.streams.Name[t.Event]],
		Stage: d.Journey.Stages[stage].ID, Step: &d.definitionOf(int(t.Step)).ID, Filled: filled,
	}
}

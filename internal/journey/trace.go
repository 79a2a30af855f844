package journey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey/stream"
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
	d, err := m.one(ctx, q, r.Customer)
	if err != nil {
		return nil, err
	}
	w := newWorker(d)
	for _, b := range d.streams.Blocks {
		if b == nil {
			continue
		}
		for i := range b.Len() {
			if b.Start[i] < b.Start[i+1] && d.streams.CustomerID(b.First+uint32(i)) == r.Customer {
				return w.trace(b, i), nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "journey.unknown-customer", "id", r.Customer)
}

func (w *worker) trace(b *stream.Block, i int) *Trace {
	t := &Trace{Events: []TracedEvent{}}
	if !w.cursor.Load(b, i) {
		return t
	}
	w.walk.load(w.since())
	if !w.verdict() {
		return t
	}
	r := &w.result
	t.Level, t.Excluded = r.Level, r.Excluded
	if r.Excluded {
		t.Level = 0
	}
	for _, touch := range r.Touches {
		t.Events = append(t.Events, w.traced(touch, slices.Contains(r.Fills, touch)))
	}
	for _, fill := range r.Fills {
		if !slices.Contains(r.Touches, fill) {
			t.Events = append(t.Events, w.traced(fill, true))
		}
	}
	slices.SortStableFunc(t.Events, func(a, b TracedEvent) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq))
	})
	return t
}

func (w *worker) traced(t Touch, filled bool) TracedEvent {
	stage := w.plan.stages[w.plan.steps[t.Step].stage].definition
	word := w.cursor.Block.Event[t.Event]
	return TracedEvent{
		Seq: w.cursor.Seq(uint32(t.Event)), At: instantOf(w.streams.Time(word)), Event: w.streams.Names[w.streams.Name(word)],
		Stage: w.Journey.Stages[stage].ID, Step: &w.definitionOf(int(t.Step)).ID, Filled: filled,
	}
}

package metric

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// TraceRequest asks which of a customer's events were counted in a period.
type TraceRequest struct {
	Request
	Period   int    `json:"period"`   // of the answer's periods
	Customer string `json:"customer"` // the id that answers show
}

// Trace is what was counted of one customer in a period, by time.
type Trace struct {
	Events []TracedEvent `json:"events"`
}

// Part says what an event counted as.
type Part string

// What an event counted as: the measure itself; of a rate what it is from, and the
// first that made it a success; a stage of a journey's chain.
const (
	Counted  Part = "counted"
	RateFrom Part = "from"
	RateOf   Part = "of"
	OnStage  Part = "stage"
)

// TracedEvent is an event that counted.
type TracedEvent struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
	Part   Part      `json:"part"`
	Amount *float64  `json:"amount"` // null where nothing is summed, or the event has none
	Stage  *string   `json:"stage"`  // of a chain
}

// Trace tells which of a customer's events were counted in a period of Measure's
// answer to the same request, by the walk that counted them; a breakdown is not
// looked at. NotFound where no event of theirs was asked about. A formula is made of
// metrics, which have events, and returns are counted by cohort: both are faults.
func (m *Measurer) Trace(ctx context.Context, r TraceRequest) (*Trace, error) {
	r.Breakdown = nil
	d, err := m.measured(ctx, r.Request)
	if err != nil {
		return nil, err
	}
	var faults []fault.Detail
	if r.Period < 0 || r.Period >= d.periods() {
		faults = append(faults, fault.At("period", 0, "metric.no-period", "periods", d.periods()))
	}
	switch {
	case d.Metric.Formula != "":
		faults = append(faults, formulaHasNone(d.Metric))
	case d.Metric.Retention != nil:
		faults = append(faults, fault.At("metric", 0, "metric.no-trace"))
	}
	if err := fault.Many("journey.invalid-question", faults); err != nil {
		return nil, err
	}
	if !d.planned() {
		return m.traceChain(ctx, d, r)
	}
	ask := d.plan.Question()
	ask.Customer = r.Customer
	if d.streams, err = m.Source.Streams(ctx, ask); err != nil {
		return nil, err
	}
	for _, b := range d.streams.Blocks {
		if b == nil {
			continue
		}
		for i := range b.Len() {
			if b.Start[i] < b.Start[i+1] && d.streams.CustomerID(b.First+uint32(i)) == r.Customer {
				return d.trace(b, i, r.Period), nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "journey.unknown-customer", "id", r.Customer)
}

func (d *measured) trace(b *stream.Block, i, period int) *Trace {
	t := &tracer{Trace: &Trace{Events: []TracedEvent{}}, period: period}
	w := newWalker(d)
	w.to = t
	w.customer(b, i)
	slices.SortStableFunc(t.Events, func(a, b TracedEvent) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return t.Trace
}

// tracer is a fold that keeps the events of one customer's hits.
type tracer struct {
	*Trace
	period int
}

func (t *tracer) add(w *walker, h *hit) {
	if !w.counts(h.period, t.period) {
		return
	}
	part := Counted
	if w.Metric.Rate != nil {
		part = RateFrom
	}
	t.tell(w, h.of, part)
	t.tell(w, h.did, RateOf)
}

func (t *tracer) tell(w *walker, of []seen, part Part) {
	for _, s := range of {
		e := TracedEvent{Seq: w.cursor.Seq(s.event), At: timeOf(s.at), Event: w.streams.Names[w.streams.Name(w.block.Event[s.event])], Part: part}
		if s.known {
			e.Amount = &s.amount
		}
		t.Events = append(t.Events, e)
	}
}

// traceChain tells the events of the chain that a conversion or a time is read from,
// if it began in the period.
func (m *Measurer) traceChain(ctx context.Context, d *measured, r TraceRequest) (*Trace, error) {
	of, _, err := m.stagesOf(ctx, d)
	if err != nil {
		return nil, err
	}
	chain, err := m.Journeys.Trace(ctx, journey.TraceRequest{Request: of, Customer: r.Customer})
	if err != nil {
		return nil, err
	}
	t := &Trace{Events: []TracedEvent{}}
	for _, e := range chain.Events {
		if e.Filled {
			t.Events = append(t.Events, TracedEvent{Seq: e.Seq, At: e.At, Event: e.Event, Part: OnStage, Stage: &e.Stage})
		}
	}
	if chain.Excluded || len(t.Events) == 0 || d.periodOf(t.Events[0].At.UnixMicro()) != r.Period {
		t.Events = []TracedEvent{}
	}
	return t, nil
}

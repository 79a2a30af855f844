package retention

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/journey/stream"
)

// Start is a customer in a cohort. It holds until its taker returns.
type Start struct {
	Row int   // of the answer: the interval in which they started
	At  int64 // their first start event in it, microseconds since 1970 UTC

	of    *worker
	start int // place in its starts
}

// ID is whose start it is, as answers show them.
func (s *Start) ID() string { return s.of.streams.CustomerID(s.of.block.First + uint32(s.of.place)) }

// CameBack reports whether Row.Counts[k] of the cohort counts the customer.
func (s *Start) CameBack(k int) bool {
	cell := behind{measured: s.of.measured, row: s.Row, interval: k}
	return k == 0 || cell.cameBack(s.of.backAfter(s.start))
}

// Starts are the customers of all cohorts of a table, those that Measure's counts are
// made of, once for each interval in which they started. They are read from the parts of
// what a source is asked.
type Starts struct {
	question *measured
	asOf     time.Time
	ask      stream.Question
}

// Starts are those of a request, which says from when on. The error is an Invalid fault
// with everything that is wrong with the request.
func (m *Measurer) Starts(r Request) (*Starts, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	asOf := m.asOf(q)
	d, ask := q.laidOut(asOf)
	return &Starts{d, asOf, ask}, nil
}

// SettledStarts are those of a request that Settled wrote.
func (m *Measurer) SettledStarts(text json.RawMessage) (*Starts, error) {
	var s settled
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	d, ask, asOf, err := s.understand(m, false)
	if err != nil {
		return nil, err
	}
	return &Starts{d, asOf, ask}, nil
}

// Ask is what a source is asked.
func (s *Starts) Ask() stream.Question { return s.ask }

// Settled is the request as JSON that hangs on nothing but itself.
func (s *Starts) Settled() (json.RawMessage, error) {
	settled, err := s.question.settled(s.asOf)
	if err != nil {
		return nil, err
	}
	return json.Marshal(settled)
}

// Of gives the starts of the customers of a part. begin makes a taker for each worker.
// Errors are the context's.
func (s *Starts) Of(ctx context.Context, part *stream.Streams, begin func() func(*Start)) error {
	_, err := run(ctx, s.question.about(part, s.asOf), func() *starter { return &starter{take: begin()} })
	return err
}

// starter hands starts out. It is a fold.
type starter struct {
	take  func(*Start)
	start Start // in hand
}

func (t *starter) add(w *worker) {
	for i, interval := range w.starts {
		t.start = Start{Row: interval, At: w.streams.Time(w.first[i]), of: w, start: i}
		t.take(&t.start)
	}
}

package metric

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
)

// Kept are numbers that were measured before, for whoever asks again. A settled
// period of what is counted from events hangs on the events in its reach alone: it
// stands until some come in there, late or by somebody turning out to be somebody
// else, whatever comes in elsewhere and however time goes on. What is read from
// chains and cohorts stands until anything comes in, or a period ends. Only numbers
// of whole periods without a breakdown are kept, those used last. It is safe for
// concurrent use.
type Kept struct {
	settled *lru.Cache[settledKey, settled]
	chained *lru.Cache[string, chained]
}

const (
	mostSettled = 1 << 16 // of some 300 bytes
	mostChained = 1 << 9  // of some 100 periods
)

// NewKept keeps nothing yet.
func NewKept() *Kept {
	s, err := lru.New[settledKey, settled](mostSettled)
	if err != nil {
		panic(err) // of a size below 1
	}
	c, err := lru.New[string, chained](mostChained)
	if err != nil {
		panic(err)
	}
	return &Kept{s, c}
}

// settledKey is all that a settled period hangs on but the facts.
type settledKey struct {
	of       string // the definition and the segment
	from, to int64
}

// settled is a period that was over, and no longer changing, as of some facts.
type settled struct {
	facts   uint64
	point   Point
	leftOut int // of what adds up, since the beginning
}

// of names what is measured.
func (d *measured) of() (string, error) {
	hash, err := d.Metric.Hash()
	return hash + " " + string(jsonOf(d.Segment)), err
}

// reach is the instants that a period hangs on, both included.
func (d *measured) reach(period int) (from, until int64) {
	from, until = d.bounds[period]-d.plan.Rule.Window.Micros(), d.bounds[period+1]-1+d.plan.ripens()
	if d.plan.Rule.Cumulative {
		from = math.MinInt64
	}
	return from, until
}

// leading gives the first periods as far as they are kept.
func (k *Kept) leading(d *measured) (row, error) {
	var out row
	if k == nil || len(d.keys) > 0 || d.streams.Facts == 0 {
		return out, nil
	}
	of, err := d.of()
	if err != nil {
		return out, err
	}
	for p := range d.periods() {
		if d.partial(p) {
			break
		}
		known, ok := k.settled.Get(settledKey{of, d.bounds[p], d.bounds[p+1]})
		if !ok {
			break
		}
		if from, until := d.reach(p); !d.streams.Unchanged(known.facts, from, until) {
			break
		}
		known.point.From = d.text(p) // in the zone of the question
		out.points, out.leftOut = append(out.points, known.point), append(out.leftOut, known.leftOut)
	}
	return out, nil
}

// take keeps the settled periods of a row from one on.
func (k *Kept) take(d *measured, r *row, first int) error {
	isOfTheMoment := d.grain == Whole && d.bounds[1] == d.asOf+1
	if k == nil || len(d.keys) > 0 || d.streams.Facts == 0 || isOfTheMoment {
		return nil
	}
	of, err := d.of()
	if err != nil {
		return err
	}
	for p := first; p < d.periods() && !d.partial(p); p++ {
		k.settled.Add(settledKey{of, d.bounds[p], d.bounds[p+1]}, settled{d.streams.Facts, r.points[p], r.leftOut[p]})
	}
	return nil
}

// after is the question about the periods from one on, answered by the same facts.
func (d *measured) after(period int) *measured {
	if period == 0 {
		return d
	}
	out := *d
	out.bounds = d.bounds[period:]
	if from, _ := out.reach(0); !d.plan.Rule.Cumulative {
		out.streams = d.streams.From(from)
	}
	return &out
}

// chained is an outcome that stands for the same facts from one instant to before
// another.
type chained struct {
	outcome *outcome
	from    time.Time
	before  time.Time
}

// stated is a source that says what it knows.
type stated interface {
	State(ctx context.Context, of stream.Subject) (stream.State, error)
}

// once gives what was measured of a metric by the same facts, or measures it. of
// names all that it hangs on besides; next is the first instant after as-of at which
// it may be another as time goes by.
func (k *Kept) once(ctx context.Context, source stream.Source, d *measured, of string, next time.Time, measure func() (*outcome, error)) (*outcome, error) {
	facts, ok := source.(stated)
	if k == nil || !ok || len(d.keys) > 0 {
		return measure()
	}
	before, err := facts.State(ctx, stream.Subject{})
	if err != nil {
		return nil, err
	}
	asOf := timeOf(d.asOf)
	if before.Facts == 0 || before.Last.After(asOf) { // of the past nobody asks twice
		return measure()
	}
	own, err := d.of()
	if err != nil {
		return nil, err
	}
	key := fmt.Sprint(own, of, d.bounds, d.location, before.Facts)
	if known, ok := k.chained.Get(key); ok && !asOf.Before(known.from) && asOf.Before(known.before) {
		return known.outcome.copied(), nil
	}
	o, err := measure()
	if err != nil {
		return nil, err
	}
	if after, err := facts.State(ctx, stream.Subject{}); err == nil && after == before {
		k.chained.Add(key, chained{o.copied(), asOf, next})
	}
	return o, nil
}

// copied is an outcome whose points may be written.
func (o *outcome) copied() *outcome {
	out := *o
	out.rows = slices.Clone(o.rows)
	for i := range out.rows {
		out.rows[i].points = slices.Clone(out.rows[i].points)
	}
	return &out
}

// nextEnd is the first instant after as-of at which a period has ended for so long.
func (d *measured) nextEnd(ripens int64) time.Time {
	for _, end := range d.bounds[1:] {
		if at := end - 1 + ripens; at > d.asOf {
			return timeOf(at)
		}
	}
	return timeOf(math.MaxInt64)
}

// nextInterval is the first instant after as-of at which an interval of a table has
// ended, as-of itself where that is not the calendar's.
func (d *measured) nextInterval(table *retention.Definition) time.Time {
	if table.Mode == retention.Rolling24h {
		return timeOf(d.asOf)
	}
	end := table.Calendar(d.location)
	return end.Next(end.Containing(timeOf(d.asOf + 1))).Add(-time.Microsecond)
}

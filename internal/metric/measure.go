package metric

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
)

// Measurer answers questions about metrics. It is safe for concurrent use.
type Measurer struct {
	Source    stream.Source
	Journeys  *journey.Measurer
	Retention *retention.Measurer
	// Book finds the definitions that a metric speaks of.
	Book Book
	// Now is the as-of instant where none is asked for. Without it the last event
	// is: a file knows no other now.
	Now func() time.Time

	// Kept keeps what was measured for whoever asks again; nil: nothing is kept.
	Kept *Kept
	// Nodes count with this one where the store has to be asked; nil: there are none. The
	// numbers of returns are counted by those of Retention.
	Nodes *nodes.Circle

	found *found // of a measurer that measures nothing twice
}

// Book finds definitions as they stand now: metrics that formulas name, and the
// journeys and retention tables that conversions, times and returns are of. What is
// not there is a NotFound fault.
type Book interface {
	Metric(ctx context.Context, id string) (*Definition, int, error)
	Journey(ctx context.Context, id string) (*journey.Journey, int, error)
	Retention(ctx context.Context, id string) (*retention.Definition, int, error)
}

// Answer is what the facts say about a metric. What is not known is null.
type Answer struct {
	Definition journey.Definition `json:"definition"`
	AsOf       time.Time          `json:"asOf"`
	Timezone   string             `json:"timezone"`
	Grain      string             `json:"grain"`
	Unit       string             `json:"unit"` // "" is a share or a pure number
	Good       Good               `json:"good"`
	Subject    string             `json:"subject"`
	Facts      journey.Facts      `json:"facts"`
	// Unattributed counts the events that belong to no subject.
	Unattributed int `json:"unattributed"`
	Series
	Breakdown []Row `json:"breakdown,omitzero"`
	// Inputs are the metrics that a formula names, measured in the same periods.
	Inputs []Input `json:"inputs,omitzero"`
}

// Series is a metric period by period.
type Series struct {
	Periods []Point `json:"periods"`
	// LeftOut counts the events whose amount is missing, no number, or in another
	// currency.
	LeftOut int `json:"leftOut"`
}

// Row is a value of a breakdown; of several keys a list.
type Row struct {
	Value any `json:"value"`
	Series
}

// Input is a metric that a formula names.
type Input struct {
	Definition journey.Definition `json:"definition"`
	Unit       string             `json:"unit"`
	Series
	Breakdown []Row `json:"breakdown,omitzero"`
}

// Point is a metric in a period.
type Point struct {
	From  string   `json:"from"` // when it begins, RFC 3339 in the zone
	Value *float64 `json:"value"`
	// N is how many customers, events or amounts the value is made of; of a rate
	// Numerator of them did it. Customers is how many different customers are behind
	// it; of a formula, how many are behind the input with fewest.
	N         int      `json:"n"`
	Customers int      `json:"customers"`
	Numerator *int     `json:"numerator,omitempty"`
	Low       *float64 `json:"low"` // of the 95 % interval, where there is one
	High      *float64 `json:"high"`
	// Partial says that the value may still change as time goes on.
	Partial bool `json:"partial"`
	// Expired says that nothing is known of the period because it hangs on facts that are
	// too old to be kept (Facts.KeptFrom).
	Expired bool `json:"expired,omitempty"`
}

// rate makes a point of a share: Wilson's interval.
func (p *Point) rate(k, n int) {
	r := journey.RateOf(k, n)
	p.Value, p.Low, p.High, p.N, p.Customers, p.Numerator = r.Rate, r.Low, r.High, n, n, &k
}

// measured is a question with the events that it is about.
type measured struct {
	*question
	plan    *Plan
	streams *stream.Streams
	bounds  []int64 // of the periods, microseconds since 1970 UTC
	asOf    int64   // nothing after it is known
}

func (d *measured) periods() int { return len(d.bounds) - 1 }

// endOf is the end of a period as far as it is known, not included.
func (d *measured) endOf(period int) int64 { return min(d.bounds[period+1], d.asOf+1) }

func (d *measured) text(period int) string {
	return timeOf(d.bounds[period]).In(d.location).Format(time.RFC3339)
}

func (d *measured) partial(period int) bool {
	ripens := int64(0)
	if d.plan != nil {
		ripens = d.plan.ripens()
	}
	return d.bounds[period+1]-1+ripens > d.asOf
}

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// Measure answers a request. Errors are Invalid faults for a bad request or
// definition, NotFound for what it names and is not there, those of the source, or
// the context's.
func (m *Measurer) Measure(ctx context.Context, r Request) (*Answer, error) {
	d, err := m.measured(ctx, r)
	if err != nil {
		return nil, err
	}
	a, _, err := m.told(ctx, d)
	return a, err
}

// measured understands a request and finds its periods.
func (m *Measurer) measured(ctx context.Context, r Request) (*measured, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	asOf, err := m.asOf(ctx, q)
	if err != nil {
		return nil, err
	}
	bounds, err := q.periods(asOf)
	if err != nil {
		return nil, err
	}
	d := &measured{question: q, asOf: asOf.UnixMicro()}
	for _, b := range bounds {
		d.bounds = append(d.bounds, b.UnixMicro())
	}
	return d, nil
}

// asOf is the instant after which nothing is known.
func (m *Measurer) asOf(ctx context.Context, q *question) (time.Time, error) {
	if q.asOf.IsZero() {
		return m.AsOf(ctx, q.Metric.Subject)
	}
	return q.asOf, nil
}

// outcome is what a metric gives, whatever it is made of.
type outcome struct {
	rows         []row
	facts        journey.Facts
	unattributed int
	inputs       []Input
}

// row is a value of a breakdown with its points; without a breakdown there is one.
type row struct {
	value   any
	points  []Point
	leftOut []int // by period, of what adds up since the beginning; nil: none
}

// told gives the answer with what it is made of: the rows of its breakdown, or the
// one that there is without.
func (m *Measurer) told(ctx context.Context, d *measured) (*Answer, *outcome, error) {
	o, err := m.outcome(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	hash, err := d.Metric.Hash()
	if err != nil {
		return nil, nil, err
	}
	unit, err := m.unitOf(ctx, d.Metric)
	if err != nil {
		return nil, nil, err
	}
	a := &Answer{
		Definition: journey.Definition{Kind: Kind, ID: d.Metric.ID, Version: d.Version, Hash: hash},
		AsOf:       timeOf(d.asOf), Timezone: d.location.String(), Grain: string(d.grain), Unit: unit, Good: d.Metric.good(),
		Subject: d.Metric.subject(), Facts: o.facts, Unattributed: o.unattributed, Inputs: o.inputs,
	}
	if len(d.keys) == 0 {
		a.Series = o.rows[0].series(d.Metric.Cumulative)
		return a, o, nil
	}
	whole := *d
	whole.question = new(*d.question)
	whole.keys = nil
	total, err := m.outcome(ctx, &whole)
	if err != nil {
		return nil, nil, err
	}
	a.Series, a.Breakdown = total.rows[0].series(d.Metric.Cumulative), breakdown(o.rows, d.Metric.Cumulative)
	return a, o, nil
}

func (r *row) series(cumulative bool) Series {
	s := Series{Periods: r.points}
	for _, n := range r.leftOut {
		if s.LeftOut += n; cumulative {
			s.LeftOut = n
		}
	}
	return s
}

// breakdown puts the rows with most behind them first.
func breakdown(rows []row, cumulative bool) []Row {
	out := make([]Row, len(rows))
	for i := range rows {
		out[i] = Row{Value: rows[i].value, Series: rows[i].series(cumulative)}
	}
	behind := func(r Row) (n int) {
		for _, p := range r.Periods {
			n += p.N
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(behind(b)-behind(a), bytes.Compare(jsonOf(a.Value), jsonOf(b.Value)))
	})
	return out
}

func jsonOf(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // scalars always encode
	}
	return raw
}

func (m *Measurer) outcome(ctx context.Context, d *measured) (*outcome, error) {
	measure := func() (*outcome, error) {
		o, err := m.outcomeOf(ctx, d)
		if err == nil {
			d.leaveOutExpired(o)
		}
		return o, err
	}
	if m.found != nil {
		return m.found.once(ctx, d, measure)
	}
	return measure()
}

func (m *Measurer) outcomeOf(ctx context.Context, d *measured) (*outcome, error) {
	if d.planned() {
		return m.counted(ctx, d)
	}
	switch {
	case d.Metric.Formula != "":
		return m.computed(ctx, d)
	case d.Metric.Retention != nil:
		return m.returned(ctx, d)
	default:
		return m.converted(ctx, d)
	}
}

// counted measures what is counted from events themselves, as far as it is not kept
// from before.
func (m *Measurer) counted(ctx context.Context, d *measured) (*outcome, error) {
	// What several nodes count is not kept, and none of it is looked for, as it is with
	// parts: only the index names the state of the facts that a kept number stands for.
	all, err := m.divided(ctx, d, fromEvents{measured: d})
	var known row
	if all == nil && err == nil {
		all, known, err = m.countedHere(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	d = d.about(all.streams)
	o := &outcome{facts: journey.FactsOf(d.streams, d.reachOf(0)), unattributed: d.streams.Unattributed}
	if len(known.points) == d.periods() {
		o.rows = []row{known}
		return o, nil
	}
	if o.rows, err = all.tell(); err != nil || len(d.keys) > 0 {
		return o, err
	}
	r := &o.rows[0]
	r.points, r.leftOut = append(known.points, r.points...), append(known.leftOut, r.leftOut...)
	return o, m.Kept.take(d, r, len(known.points))
}

// countedHere has this node count the periods after those that are known because they
// were kept.
func (m *Measurer) countedHere(ctx context.Context, d *measured) (all *table, known row, err error) {
	all = newTable(d, newRows(len(d.keys)))
	s, err := stream.EachPart(ctx, m.Source, d.plan.Counting(), func(part *stream.Streams) (err error) {
		d := d.about(part)
		// Something is kept only where all is of one part.
		if known, err = m.Kept.leading(d); err != nil || len(known.points) == d.periods() {
			return err
		}
		d = d.after(len(known.points))
		if all.streams == nil {
			all.measured = d
		}
		return all.take(ctx, d)
	})
	if err != nil {
		return nil, known, err
	}
	all.measured = all.about(s)
	return all, known, nil
}

// table has this node count the customers of an origin.
func (m *Measurer) table(ctx context.Context, d *measured, o countable) (*table, error) {
	all := newTable(d, newRows(len(d.keys)))
	s, err := stream.EachPart(ctx, m.Source, o.ask(), func(part *stream.Streams) error { return o.count(ctx, all, part) })
	if err != nil {
		return nil, err
	}
	all.measured = d.about(s)
	return all, nil
}

// about is the question about some customers, all of them or a part.
func (d *measured) about(s *stream.Streams) *measured {
	out := *d
	out.streams = s
	return &out
}

// take walks the customers of a question and counts them.
func (t *table) take(ctx context.Context, d *measured) error {
	folds, err := walk(ctx, d, func(r *rows) *table { return newTable(d, r) })
	for _, f := range folds {
		t.join(f)
	}
	return err
}

// valueOf is what a code of the breakdown's k-th key stands for; 0 is null.
func (d *measured) valueOf(k int, code uint32) any {
	if code == 0 {
		return nil
	}
	return event.Scalar(d.streams.Values[k][code])
}

// instantText writes an instant as requests take it.
func instantText(micros int64) string { return timeOf(micros).Format(time.RFC3339Nano) }

func instantOf(text string) (int64, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fmt.Errorf("a period of a table: %w", err)
	}
	return at.UnixMicro(), nil
}

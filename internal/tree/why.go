package tree

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/decompose"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/metric"
	"beichen/internal/stat"
)

// WhyRequest asks why a metric moved from one period to another.
type WhyRequest struct {
	Metric  *metric.Definition
	Version *int
	// Before and After are a day or an instant in each of the two periods; if both are
	// empty they are the last that is settled and the one before it.
	Before, After string
	AsOf          string
	Timezone      string         // IANA; UTC if empty
	Grain         calendar.Grain // the metric's if empty
	Dimensions    []string       // where keys; channel if there are none
	Segment       event.Filter   // only events for which it holds
	// Fewest is how many customers a value of a dimension must have behind it to be
	// told by itself; those with fewer are told together.
	Fewest int
}

// Explanation is why a metric moved. All changes in it are in the unit of the
// metric, rounded to Decimals, and add up to Change exactly.
type Explanation struct {
	Definition journey.Definition `json:"definition"`
	Name       journey.Text       `json:"name"`
	AsOf       time.Time          `json:"asOf"`
	Timezone   string             `json:"timezone"`
	Grain      string             `json:"grain"`
	Unit       string             `json:"unit"`
	Good       metric.Good        `json:"good"`
	Facts      journey.Facts      `json:"facts"`
	Before     metric.Point       `json:"before"`
	After      metric.Point       `json:"after"`
	Decimals   int                `json:"decimals"`
	// Change is After less Before, each rounded; null where one is unknown, and then
	// nothing is explained.
	Change *float64 `json:"change"`
	Is     Move     `json:"is"`
	Noise  Noise    `json:"noise"`
	// Parts are the metrics of a formula, each with what it contributed.
	Parts []PartMove       `json:"parts"`
	Steps []decompose.Step `json:"steps"` // how the formula was divided
	// Missing is what keeps a formula from being divided.
	Missing    []decompose.Unknown `json:"missing"`
	Dimensions []DimensionMove     `json:"dimensions"`
	// Causes are the few values of dimensions that explain most; only of a move
	// outside of the noise.
	Causes []Cause `json:"causes"`
}

// Noise is how much a metric usually moves from one period to the next.
type Noise struct {
	Verdict decompose.Verdict `json:"verdict"`
	// Deviation is the standard deviation of N usual moves, Bound 1.96 times that; null
	// where fewer than eight settled periods came before.
	Deviation *float64 `json:"deviation"`
	Bound     *float64 `json:"bound"`
	N         int      `json:"n"`
}

// PartMove is what a metric of a formula contributed.
type PartMove struct {
	Metric string       `json:"metric"`
	Name   journey.Text `json:"name"`
	Unit   string       `json:"unit"`
	Before float64      `json:"before"` // in its own unit
	After  float64      `json:"after"`
	Change float64      `json:"change"` // in the unit of the metric that was asked about
	// Parts are its own where it is a formula.
	Parts   []PartMove          `json:"parts"`
	Steps   []decompose.Step    `json:"steps"`
	Missing []decompose.Unknown `json:"missing"`
}

const (
	fewestUsual   = 8  // settled periods below which the noise is unknown
	mostUsual     = 26 // that it is taken from
	maxDimensions = 10
)

// explaining is a request under way.
type explaining struct {
	*Measurer
	WhyRequest
	when
	metrics       *metric.Measurer // measures nothing twice
	made          composition
	calendar      calendar.Calendar
	first, last   time.Time // of the periods asked for
	answer        *metric.Answer
	before, after int // places of the two periods
	decimals      int
	change        float64
}

// Why explains how a metric moved: down the formulas it is made of, and over the
// values of dimensions. Errors are Invalid faults for a bad request, those of the
// metric, or the context's. A dimension that cannot be told carries its failure.
func (m *Measurer) Why(ctx context.Context, r WhyRequest) (*Explanation, error) {
	w := &explaining{Measurer: m, WhyRequest: r, metrics: m.Metrics.Once(), made: composition{}}
	if err := w.begin(ctx); err != nil {
		return nil, err
	}
	var err error
	if w.answer, err = w.metrics.Measure(ctx, w.request(w.Metric, w.Version, w.Segment)); err != nil {
		return nil, err
	}
	if err := w.choose(); err != nil {
		return nil, err
	}
	before, after := w.answer.Periods[w.before], w.answer.Periods[w.after]
	e := &Explanation{
		Definition: w.answer.Definition, Name: w.Metric.Name, AsOf: w.asOf, Timezone: w.location.String(), Grain: w.answer.Grain,
		Unit: w.answer.Unit, Good: w.answer.Good, Facts: w.answer.Facts, Before: before, After: after, Is: Same,
		Parts: []PartMove{}, Steps: []decompose.Step{}, Missing: []decompose.Unknown{}, Dimensions: []DimensionMove{}, Causes: []Cause{},
	}
	if e.Noise, err = w.noise(); err != nil {
		return nil, err
	}
	known := before.Value != nil && after.Value != nil
	if known {
		w.decimals = w.places(*before.Value, *after.Value)
		w.change = rounded(*after.Value, w.decimals) - rounded(*before.Value, w.decimals)
		w.change = rounded(w.change, w.decimals)
		e.Change, e.Decimals, e.Is = &w.change, w.decimals, changed(before.Value, after.Value, e.Good).Is
	}
	if e.Parts, e.Steps, e.Missing, err = w.divide(ctx, w.Metric, w.answer, 1, w.change, w.Segment); err != nil {
		return nil, err
	}
	if !known {
		return e, nil
	}
	if e.Dimensions, err = w.dimensions(ctx); err != nil {
		return nil, err
	}
	e.Causes, err = causes(e.Noise.Verdict, e.Dimensions)
	return e, err
}

// begin understands the request.
func (w *explaining) begin(ctx context.Context) (err error) {
	if w.Metric == nil {
		return fault.New(fault.Invalid, "metric.no-metric")
	}
	if w.when, err = read(ctx, w.metrics, w.AsOf, w.Timezone, w.Grain, 0); err != nil {
		return err
	}
	if err := w.made.gather(ctx, w.metrics.Book, w.Metric); err != nil {
		return err
	}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	w.calendar = calendar.Calendar{Grain: cmp.Or(w.Grain, w.Metric.Grain, calendar.Week), WeekStart: w.Metric.WeekStart, Location: w.location}
	period := func(path, text string) time.Time {
		at, ok := journey.ParseWhen(text, w.location, false)
		if !ok {
			wrong(path, "journey.bad-date", "value", text)
		} else if at.After(w.asOf) {
			wrong(path, "metric.from-after-as-of", "from", text)
		}
		return w.calendar.Containing(at)
	}
	if w.Before != "" || w.After != "" {
		w.first, w.last = period("before", w.Before), period("after", w.After)
		if len(faults) == 0 && w.first.Equal(w.last) {
			wrong("after", "tree.same-period")
		}
	}
	if len(w.Dimensions) == 0 {
		w.Dimensions = []string{"channel"}
	}
	if len(w.Dimensions) > maxDimensions {
		wrong("dimensions", "tree.too-many-dimensions", "limit", maxDimensions)
	}
	for i, key := range w.Dimensions {
		if _, err := event.ParseKey(key); err != nil {
			wrong(at("dimensions", i), "event.bad-key", "key", key)
		}
	}
	return fault.Many("journey.invalid-question", faults)
}

// request asks about a metric in the two periods and in those before them that its
// noise is taken from.
func (w *explaining) request(d *metric.Definition, version *int, segment event.Filter) metric.Request {
	last := w.asOf
	earliest := w.calendar.Containing(last)
	if !w.last.IsZero() {
		earliest, last = w.first, w.last
		if w.last.Before(w.first) {
			earliest, last = w.last, w.first
		}
	}
	return metric.Request{
		Metric: d, Version: version, From: w.calendar.Before(earliest, mostUsual+3).Format(time.RFC3339Nano), To: last.Format(time.RFC3339Nano),
		Timezone: w.Timezone, AsOf: w.asOf.Format(time.RFC3339Nano), Grain: w.calendar.Grain, Segment: segment,
	}
}

// choose finds the places of the two periods in the answer.
func (w *explaining) choose() error {
	points := w.answer.Periods
	if w.last.IsZero() {
		w.after = lastSettled(points)
		w.before = w.after - 1
	} else {
		w.before, w.after = placeOf(points, w.text(w.first)), placeOf(points, w.text(w.last))
	}
	if w.before < 0 || w.after < 0 {
		return fault.Many("journey.invalid-question", []fault.Detail{fault.At("before", 0, "tree.no-two-periods")})
	}
	return nil
}

func (w *explaining) text(at time.Time) string { return at.In(w.location).Format(time.RFC3339) }

// placeOf is the place of the period that begins then, −1 where there is none.
func placeOf(points []metric.Point, from string) int {
	return slices.IndexFunc(points, func(p metric.Point) bool { return p.From == from })
}

// noise is the standard deviation of the metric's moves among the settled periods
// before the later of the two, and what it says of the move.
func (w *explaining) noise() (Noise, error) {
	points := w.answer.Periods
	later := max(w.before, w.after)
	usual := points[max(0, later-mostUsual):later]
	for len(usual) > 0 && usual[0].N == 0 { // before there was anything
		usual = usual[1:]
	}
	var moves []float64
	known := 0
	for i, p := range usual {
		if p.Partial || p.Value == nil {
			continue
		}
		known++
		if i > 0 && usual[i-1].Value != nil {
			moves = append(moves, *p.Value-*usual[i-1].Value)
		}
	}
	var out Noise
	if known >= fewestUsual && len(moves) > 1 {
		mean, squares := stat.Mean(moves), 0.0
		for _, m := range moves {
			squares += (m - mean) * (m - mean)
		}
		out.N, out.Deviation = len(moves), new(math.Sqrt(squares/float64(len(moves)-1)))
	}
	before, after := points[w.before].Value, points[w.after].Value
	if before == nil || after == nil {
		out.Verdict = decompose.UnknownMove
		return out, nil
	}
	whole := decompose.Segment{Before: decompose.Amount{Value: *before}, After: decompose.Amount{Value: *after}}
	a, err := decompose.Causes(decompose.Question{Noise: out.Deviation, Dimensions: []decompose.Dimension{{Segments: []decompose.Segment{whole}}}})
	if err != nil {
		return out, err
	}
	out.Verdict, out.Bound = a.Verdict, a.Bound
	return out, nil
}

// divide divides the move of a formula among its metrics, and of those that are
// formulas among theirs. multiplier is what one unit of the formula is worth in the
// metric asked about; total is what its parts have to add up to.
func (w *explaining) divide(ctx context.Context, d *metric.Definition, a *metric.Answer, multiplier, total float64, segment event.Filter,
) (parts []PartMove, steps []decompose.Step, missing []decompose.Unknown, err error) {
	parts, steps, missing = []PartMove{}, []decompose.Step{}, []decompose.Unknown{}
	f := parsed(d)
	before, after := w.text(periodStart(w.answer, w.before)), w.text(periodStart(w.answer, w.after))
	if f == nil || placeOf(a.Periods, before) < 0 || placeOf(a.Periods, after) < 0 {
		return parts, steps, missing, nil // measured in other weeks, so it ends here
	}
	value := func(from string) func(id string) *float64 {
		return func(id string) *float64 {
			in := inputOf(a, id)
			if at := placeOf(in.Periods, from); at >= 0 {
				return in.Periods[at].Value
			}
			return nil
		}
	}
	moves := decompose.Formula(f, value(before), value(after))
	if moves.Parts == nil {
		return parts, steps, append(missing, moves.Unknown...), nil
	}
	changes := make([]float64, len(moves.Parts))
	for i, p := range moves.Parts {
		changes[i] = multiplier * p.Change
	}
	exact, err := decompose.Round(changes, total, w.decimals)
	if err != nil {
		return nil, nil, nil, err
	}
	segment = append(slices.Clone(d.Segment), segment...)
	for i, p := range moves.Parts {
		of, version, err := w.metrics.Book.Metric(ctx, p.Metric)
		if err != nil {
			return nil, nil, nil, err
		}
		part := PartMove{Metric: p.Metric, Name: of.Name, Unit: inputOf(a, p.Metric).Unit, Before: p.Before, After: p.After, Change: exact.Value(exact.Parts[i]),
			Parts: []PartMove{}, Steps: []decompose.Step{}, Missing: []decompose.Unknown{}}
		if of.Formula != "" {
			inside, err := w.metrics.Measure(ctx, w.request(of, stored(version), segment))
			if err != nil {
				return nil, nil, nil, err
			}
			part.Parts, part.Steps, part.Missing, err = w.divide(ctx, of, inside, multiplier*p.Multiplier, part.Change, segment)
			if err != nil {
				return nil, nil, nil, err
			}
		}
		parts = append(parts, part)
	}
	return parts, append(steps, moves.Steps...), missing, nil
}

// stored is the version of a stored definition; files have none.
func stored(version int) *int {
	if version == 0 {
		return nil
	}
	return &version
}

// periodStart is when a period of an answer begins.
func periodStart(a *metric.Answer, period int) time.Time {
	at, err := time.Parse(time.RFC3339, a.Periods[period].From)
	if err != nil {
		return time.Time{} // written by the answer itself
	}
	return at
}

func inputOf(a *metric.Answer, id string) *metric.Input {
	i := slices.IndexFunc(a.Inputs, func(in metric.Input) bool { return in.Definition.ID == id })
	return &a.Inputs[i] // an answer has all that its formula names
}

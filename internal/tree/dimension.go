package tree

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"beichen/internal/decompose"
	"beichen/internal/fault"
	"beichen/internal/metric"
)

// DimensionMove is a move divided among the values of a dimension.
type DimensionMove struct {
	Dimension string `json:"dimension"`
	// Mix is what comes of values being a larger or smaller share, Rate of their own
	// rates; null of what is counted or summed.
	Mix      *float64      `json:"mix"`
	Rate     *float64      `json:"rate"`
	Segments []SegmentMove `json:"segments"` // the largest change first
	// Overlap is what no value has by itself: customers may stand under several.
	Overlap float64 `json:"overlap"`
	// Problem says why it could not be told, for the asker to fill from Failure.
	Problem *string `json:"problem"`
	Failure error   `json:"-"`
}

// SegmentMove is a value of a dimension and what it contributed.
type SegmentMove struct {
	Value  any  `json:"value"`
	Others bool `json:"others"` // all values that are not told by themselves
	// Before and After are its part of the number; of a rate, numerator and
	// denominator.
	Before decompose.Amount `json:"before"`
	After  decompose.Amount `json:"after"`
	Change float64          `json:"change"`
	Mix    *float64         `json:"mix"`
	Rate   *float64         `json:"rate"`
}

// Cause is a dimension with the few values that explain a move.
type Cause struct {
	Dimension string       `json:"dimension"`
	Values    []CauseValue `json:"values"`
	Change    float64      `json:"change"`
	Power     float64      `json:"power"`    // share of the move, 1 for all of it
	Surprise  *float64     `json:"surprise"` // nats; null where there are no shares
}

// CauseValue is one of them.
type CauseValue struct {
	Value    any      `json:"value"`
	Others   bool     `json:"others"`
	Change   float64  `json:"change"`
	Power    float64  `json:"power"`
	Surprise *float64 `json:"surprise"`
}

const (
	mostSegments = 30
	mostCauses   = 3
)

// dimensions divides the move over each dimension that was asked for.
func (w *explaining) dimensions(ctx context.Context) ([]DimensionMove, error) {
	out := []DimensionMove{}
	for _, key := range w.Dimensions {
		d := DimensionMove{Dimension: key, Segments: []SegmentMove{}}
		err := w.over(ctx, &d)
		if err != nil && !isAboutIt(err) {
			return nil, err
		}
		d.Failure = err
		out = append(out, d)
	}
	return out, nil
}

// segment is a value of a dimension while it is being told.
type segment struct {
	SegmentMove
	customers [2]int // behind it, before and after
}

// over divides the move over a dimension.
func (w *explaining) over(ctx context.Context, d *DimensionMove) error {
	amounts := w.amounts()
	if amounts == nil {
		return fault.New(fault.Invalid, "tree.not-divisible", "metric", w.Metric.ID)
	}
	byValue := map[string]*segment{}
	var all []*segment
	for time, period := range []int{w.before, w.after} {
		r := w.request(w.Metric, w.Version, w.Segment)
		r.From = w.answer.Periods[period].From
		r.To, r.Breakdown = r.From, []string{d.Dimension}
		a, err := w.metrics.Measure(ctx, r)
		if err != nil {
			return err
		}
		for _, row := range a.Breakdown {
			key, err := json.Marshal(row.Value)
			if err != nil {
				return err
			}
			s := byValue[string(key)]
			if s == nil {
				s = &segment{SegmentMove: SegmentMove{Value: row.Value}}
				byValue[string(key)] = s
				all = append(all, s)
			}
			s.customers[time] = behind(a, row)
			if amount := amounts(a, row); time == 0 {
				s.Before = amount
			} else {
				s.After = amount
			}
		}
	}
	return w.tell(d, grouped(all, w.Fewest))
}

// behind is how many customers a row has behind it; of a formula the fewest that one
// of its metrics has.
func behind(a *metric.Answer, row metric.Row) int {
	n := row.Periods[0].Customers
	for _, in := range a.Inputs {
		for _, part := range in.Breakdown {
			if of := part.Periods[0].Customers; part.Value == row.Value && of > 0 && (n == 0 || of < n) {
				n = of
			}
		}
	}
	return n
}

// grouped tells the largest values by themselves, and what has too few customers
// behind it together.
func grouped(all []*segment, fewest int) []*segment {
	size := func(s *segment) int { return s.customers[0] + s.customers[1] }
	slices.SortStableFunc(all, func(a, b *segment) int { return size(b) - size(a) })
	small := func(n int) bool { return n > 0 && n < fewest }
	others := &segment{SegmentMove: SegmentMove{Others: true}}
	var out []*segment
	join := func(s *segment) {
		others.Before.Value += s.Before.Value
		others.Before.Of += s.Before.Of
		others.After.Value += s.After.Value
		others.After.Of += s.After.Of
		others.customers[0] += s.customers[0]
		others.customers[1] += s.customers[1]
	}
	for i, s := range all {
		if i >= mostSegments || small(s.customers[0]) || small(s.customers[1]) {
			join(s)
		} else {
			out = append(out, s)
		}
	}
	// The rest must not be known by what the others leave.
	for len(out) > 0 && (small(others.customers[0]) || small(others.customers[1])) {
		join(out[len(out)-1])
		out = out[:len(out)-1]
	}
	if size(others) > 0 {
		out = append(out, others)
	}
	return out
}

// isRate reports whether the metric's amounts have denominators.
func (w *explaining) isRate() bool {
	m := w.Metric
	return m.Rate != nil || m.Conversion != nil || m.Average != nil || m.Formula != "" && !w.made.overValues(m)
}

// amounts gives a reader of a row's part of the metric; nil where no parts add up to
// it: a quantile, a time, a formula that is neither a sum nor a quotient of sums.
func (w *explaining) amounts() func(a *metric.Answer, row metric.Row) decompose.Amount {
	value := func(p metric.Point) float64 {
		if p.Value == nil {
			return 0
		}
		return *p.Value
	}
	switch m := w.Metric; {
	case m.Rate != nil, m.Conversion != nil, m.Retention != nil:
		return func(_ *metric.Answer, row metric.Row) decompose.Amount {
			p := row.Periods[0]
			if p.Numerator == nil {
				return decompose.Amount{}
			}
			return decompose.Amount{Value: float64(*p.Numerator), Of: float64(p.N)}
		}
	case m.Average != nil:
		return func(_ *metric.Answer, row metric.Row) decompose.Amount {
			p := row.Periods[0]
			return decompose.Amount{Value: value(p) * float64(p.N), Of: float64(p.N)}
		}
	case m.Quantile != nil, m.Time != nil:
		return nil
	case m.Formula == "" || w.made.overValues(m):
		return func(_ *metric.Answer, row metric.Row) decompose.Amount {
			return decompose.Amount{Value: value(row.Periods[0])}
		}
	}
	above, below := w.made.quotient(w.Metric)
	if above == nil {
		return nil
	}
	return func(a *metric.Answer, row metric.Row) decompose.Amount {
		of := func(terms map[string]float64) (sum float64) {
			for id, by := range terms {
				for _, part := range inputOf(a, id).Breakdown {
					if part.Value == row.Value {
						sum += by * value(part.Periods[0])
					}
				}
			}
			return sum
		}
		return decompose.Amount{Value: of(above), Of: of(below)}
	}
}

// tell divides the move among the segments, exactly.
func (w *explaining) tell(d *DimensionMove, segments []*segment) error {
	given := make([]decompose.Segment, len(segments))
	for i, s := range segments {
		given[i] = decompose.Segment{Name: strconv.Itoa(i), Before: s.Before, After: s.After}
	}
	raw := *w.answer.Periods[w.after].Value - *w.answer.Periods[w.before].Value
	var changes []float64 // of a rate two each, mix and rate
	if w.isRate() {
		move := decompose.Rates(given)
		for _, e := range move.Segments {
			changes = append(changes, e.Mix, e.Rate)
		}
		if move.Segments == nil { // no denominator: no value of the dimension says anything
			changes, segments = nil, nil
		}
	} else {
		for _, s := range segments {
			changes = append(changes, s.After.Value-s.Before.Value)
		}
	}
	overlap := raw
	for _, c := range changes {
		overlap -= c
	}
	if math.Abs(overlap) < 1e-9*math.Abs(raw) { // the rounding of floats
		overlap = 0
	}
	exact, err := decompose.Round(append(changes, overlap), w.change, w.decimals)
	if err != nil {
		return err
	}
	part := func(i int) float64 { return exact.Value(exact.Parts[i]) }
	d.Overlap = part(len(changes))
	if w.isRate() {
		mix, rate := int64(0), int64(0)
		for i, s := range segments {
			s.Mix, s.Rate = new(part(2*i)), new(part(2*i+1))
			s.Change = exact.Value(exact.Parts[2*i] + exact.Parts[2*i+1])
			mix, rate = mix+exact.Parts[2*i], rate+exact.Parts[2*i+1]
		}
		d.Mix, d.Rate = new(exact.Value(mix)), new(exact.Value(rate))
	} else {
		for i, s := range segments {
			s.Change = part(i)
		}
	}
	for _, s := range segments {
		d.Segments = append(d.Segments, s.SegmentMove)
	}
	slices.SortStableFunc(d.Segments, func(a, b SegmentMove) int { return cmp.Compare(math.Abs(b.Change), math.Abs(a.Change)) })
	return nil
}

// causes are the few values that explain a move outside of the noise, dimension by
// dimension: values may overlap, so that dimensions need not add up to the same.
func causes(verdict decompose.Verdict, dimensions []DimensionMove) ([]Cause, error) {
	out := []Cause{}
	if verdict != decompose.OutsideNoise {
		return out, nil
	}
	for _, d := range dimensions {
		if len(d.Segments) == 0 {
			continue
		}
		question := decompose.Question{Rate: d.Mix != nil, Dimensions: []decompose.Dimension{{Name: d.Dimension}}}
		for i, s := range d.Segments {
			of := &question.Dimensions[0].Segments
			*of = append(*of, decompose.Segment{Name: strconv.Itoa(i), Before: s.Before, After: s.After})
		}
		a, err := decompose.Causes(question)
		if err != nil {
			return nil, err
		}
		for _, c := range a.Causes {
			told := Cause{Dimension: c.Dimension, Change: c.Change, Power: c.Power, Surprise: c.Surprise}
			for _, v := range c.Values {
				i, err := strconv.Atoi(v.Segment)
				if err != nil {
					return nil, err // named above
				}
				of := d.Segments[i]
				told.Values = append(told.Values, CauseValue{Value: of.Value, Others: of.Others, Change: v.Change, Power: v.Power, Surprise: v.Surprise})
			}
			out = append(out, told)
		}
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		surprise := func(c Cause) float64 {
			if c.Surprise == nil {
				return -1
			}
			return *c.Surprise
		}
		return cmp.Or(cmp.Compare(surprise(b), surprise(a)), len(a.Values)-len(b.Values), cmp.Compare(b.Power, a.Power))
	})
	return out[:min(len(out), mostCauses)], nil
}
